//! A person at the pages: requests with his cookie, and a browser that has it.

use crate::browser::{Page, View};
use crate::stage::PASSWORD;
use dfa_tests::{Reply, Service};
use ureq::http::Request;

/// Somebody who is signed in, or, without a cookie, nobody.
pub struct Visitor<'a> {
    pub service: &'a Service,
    /// As `Set-Cookie` gave it.
    pub set_cookie: String,
}

/// The text of a form.
pub fn form(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => (byte as char).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

/// Sends the form of the sign-in as a browser does.
pub fn sign_in(service: &Service, fields: &[(&str, &str)]) -> Reply {
    Visitor { service, set_cookie: String::new() }.post("/login", fields)
}

impl<'a> Visitor<'a> {
    pub fn nobody(service: &'a Service) -> Self {
        Visitor { service, set_cookie: String::new() }
    }

    pub fn new(service: &'a Service, user: &str) -> Self {
        let reply = sign_in(service, &[("user", user), ("password", PASSWORD)]);
        reply.assert_status(303);
        Visitor { service, set_cookie: reply.header("set-cookie").to_owned() }
    }

    /// The same session at another replica.
    pub fn at<'b>(&self, service: &'b Service) -> Visitor<'b> {
        Visitor { service, set_cookie: self.set_cookie.clone() }
    }

    /// Before a browser.
    pub fn page(&self, view: View) -> Page {
        let page = Page::open(&self.service.url(""), view);
        page.take_cookie(&self.set_cookie);
        page
    }

    fn cookie(&self) -> &str {
        self.set_cookie.split(';').next().unwrap_or_default()
    }

    /// GET as a browser sends it.
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], "")
    }

    /// POST of a form from a page of the service.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let origin = format!("http://{}", self.service.address());
        self.send("POST", path, &[("Origin", &origin), ("Sec-Fetch-Site", "same-origin")], &form(fields))
    }

    /// A request with other headers.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        self.request(method, path, "application/x-www-form-urlencoded", headers, body)
    }

    /// POST of a body of another kind.
    pub fn send_as(&self, path: &str, kind: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        self.request("POST", path, kind, headers, body)
    }

    fn request(&self, method: &str, path: &str, kind: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = Request::builder().method(method).uri(self.service.url(path));
        request = request.header("Accept", "text/html,application/xhtml+xml");
        if !self.set_cookie.is_empty() {
            request = request.header("Cookie", self.cookie());
        }
        if method == "POST" {
            request = request.header("Content-Type", kind);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.service.send_once(request.body(body.to_owned()).unwrap())
    }

    /// What forms of this session send back, from a page that has one.
    pub fn token(&self) -> String {
        let page = self.get("/account").text;
        let found = page.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        found.unwrap_or_else(|| panic!("no token in {page}")).to_owned()
    }
}

/// The fields of the dialog in a page, as a browser sends them: name and value.
pub fn fields(page: &str) -> Vec<(String, String)> {
    let form = page.split("<form class=\"dialog\"").nth(1).unwrap_or_else(|| panic!("no dialog in {page}"));
    let form = form.split("</form>").next().unwrap_or_default();
    let text = |tag: &str, name: &str| {
        let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
        let plain =
            value.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">");
        Some(plain.replace("&#38;", "&").replace("&amp;", "&"))
    };
    let inputs = form.split("<input").skip(1).filter_map(|rest| {
        let tag = rest.split('>').next()?;
        let ticked = ["checkbox", "radio"].iter().all(|kind| !tag.contains(&format!("type=\"{kind}\"")))
            || tag.contains(" checked");
        ticked.then(|| Some((text(tag, "name")?, text(tag, "value").unwrap_or_default()))).flatten()
    });
    inputs.collect()
}

/// The value of a field.
pub fn value_of<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}
