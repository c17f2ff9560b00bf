//! A tab, and what went wrong in it.

use super::wire::DEADLINE;
use super::Browser;
use base64::prelude::{Engine, BASE64_STANDARD};
use serde_json::{json, Value};
use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

const AXE: &str = include_str!("../vendor/axe.min.js");
/// Adds up how much of the page moves by itself.
const SHIFTS: &str = "window.shifts = []; new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
    if (!entry.hadRecentInput) window.shifts.push([entry.value, entry.sources.map((source) => source.node && source.node.outerHTML && source.node.outerHTML.slice(0, 80))]);
})).observe({ type: 'layout-shift', buffered: true });";

/// How a page is looked at.
#[derive(Debug, Clone, Copy)]
pub struct View {
    pub width: u32,
    pub height: u32,
    pub dark: bool,
    pub scripts: bool,
}

impl View {
    pub const LAPTOP: View = View { width: 1280, height: 800, dark: false, scripts: true };
    pub const PHONE: View = View { width: 390, height: 844, dark: false, scripts: true };

    pub fn dark(self) -> View {
        View { dark: true, ..self }
    }

    pub fn without_scripts(self) -> View {
        View { scripts: false, ..self }
    }
}

pub struct Page {
    browser: &'static Browser,
    session: String,
    context: String,
    /// The address of the service: nothing else may be asked.
    home: String,
    events: Receiver<Value>,
}

impl Page {
    /// A new tab with cookies of its own, at no page yet.
    pub fn open(home: &str, view: View) -> Page {
        let browser = Browser::shared();
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        let context = text(&browser.call("Target.createBrowserContext", json!({}))["browserContextId"]);
        let target = json!({ "url": "about:blank", "browserContextId": context });
        let target = browser.call("Target.createTarget", target)["targetId"].clone();
        let attached = browser.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        let session = text(&attached["sessionId"]);
        let events = browser.wire.listen(&session);
        let page = Page { browser, session, context, home: home.to_owned(), events };
        for domain in ["Page.enable", "Runtime.enable", "Network.enable", "Log.enable"] {
            page.call(domain, json!({}));
        }
        // As if it were in front, whatever other tests look at.
        page.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        page.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": SHIFTS }));
        page.look(view);
        page
    }

    /// Looks at it in another way.
    pub fn look(&self, view: View) {
        let size =
            json!({ "width": view.width, "height": view.height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let theme = if view.dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": theme },
                              { "name": "prefers-reduced-motion", "value": "reduce" }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": !view.scripts }));
    }

    fn call(&self, method: &str, parameters: Value) -> Value {
        self.browser.wire.call(Some(&self.session), method, parameters)
    }

    /// Puts a cookie of a session into this tab, as `Set-Cookie` gave it.
    pub fn take_cookie(&self, set_cookie: &str) {
        let (name, value) =
            set_cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
        let secure = set_cookie.contains("Secure");
        let cookie = json!({ "name": name, "value": value, "url": self.home, "secure": secure, "httpOnly": true,
                             "path": "/", "sameSite": "Lax" });
        let taken = self.call("Network.setCookie", cookie);
        assert_eq!(taken["success"], true, "{set_cookie}");
    }

    /// Goes to a page and waits until it is there.
    pub fn go(&self, path: &str) {
        let gone = self.call("Page.navigate", json!({ "url": format!("{}{path}", self.home) }));
        assert!(gone["errorText"].is_null(), "{path}: {gone}");
        self.until("document.readyState === 'complete'");
    }

    /// The value of an expression of JavaScript; null while there is no document to ask.
    pub fn value(&self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.browser.wire.try_call(Some(&self.session), "Runtime.evaluate", asked);
        let answer = answer.unwrap_or_else(|| panic!("the browser does not answer to {expression}"));
        let result = &answer["result"];
        assert!(
            result["exceptionDetails"].is_null(),
            "{expression}: {}",
            result["exceptionDetails"]["exception"]["description"]
        );
        result["result"]["value"].clone()
    }

    pub fn text(&self, selector: &str) -> String {
        let text = self.value(&format!("(document.querySelector({}) || {{}}).innerText", json!(selector)));
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true; while a page is on its way an element that it asks may not be there yet.
    pub fn until(&self, condition: &str) {
        let started = Instant::now();
        let asked = format!("(() => {{ try {{ return !!({condition}) }} catch {{ return false }} }})()");
        while self.value(&asked) != json!(true) {
            assert!(
                started.elapsed() < DEADLINE,
                "it never came to: {condition}\nat {} in:\n{}",
                self.value("location.href"),
                self.value("document.body && document.body.innerText")
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks an element that a person could click: it is seen, nothing lies over it, and the page is all there. Before its
    /// scripts have run, a link that asks in a dialog is a link like others.
    pub fn click(&self, selector: &str) {
        let clicked = format!(
            "(() => {{ const it = document.querySelector({}); if (!it || document.readyState !== 'complete') return false;
                it.scrollIntoView({{block: 'center'}}); const at = it.getBoundingClientRect();
                const top = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);
                if (!top || !it.contains(top)) return false;
                it.click(); return true; }})()",
            json!(selector)
        );
        self.until(&clicked);
    }

    /// Types into a field, in place of what is there.
    pub fn fill(&self, selector: &str, text: &str) {
        let focused = format!(
            "(() => {{ const it = document.querySelector({}); if (!it || document.readyState !== 'complete') return false;
                it.focus(); it.select && it.select(); return document.activeElement === it; }})()",
            json!(selector)
        );
        self.until(&focused);
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Sets fields that are chosen, not typed into, such as dates.
    pub fn choose(&self, fields: &[(&str, &str)]) {
        for (selector, value) in fields {
            let chosen = format!(
                "(() => {{ const it = document.querySelector({}); if (!it || document.readyState !== 'complete') return false;
                    it.value = {}; it.dispatchEvent(new Event('change', {{bubbles: true}})); return true; }})()",
                json!(selector),
                json!(value)
            );
            self.until(&chosen);
        }
    }

    /// Chooses a file in a field for files, in place of one that was chosen before.
    pub fn choose_file(&self, selector: &str, file: &Path) {
        self.until(&format!(
            "document.querySelector({}) && document.readyState === 'complete'",
            json!(selector)
        ));
        let field = json!({ "expression": format!("document.querySelector({})", json!(selector)) });
        let field = self.call("Runtime.evaluate", field)["result"]["objectId"].clone();
        self.call("DOM.setFileInputFiles", json!({ "files": [file], "objectId": field }));
    }

    /// Waits for the dialog that a click or a key opens.
    pub fn dialog(&self) {
        self.until(
            "document.querySelector('#dialog').open && document.querySelector('#dialog form.dialog button')",
        );
    }

    /// Presses a key, once the page that hears it is all there.
    pub fn press(&self, key: &str) {
        self.until("document.readyState === 'complete'");
        let text = match key {
            "Enter" => "\r",
            key if key.chars().count() == 1 => key,
            _ => "",
        };
        let mut event = json!({ "type": "keyDown", "key": key });
        if !text.is_empty() {
            event["text"] = json!(text);
        }
        if key == "Enter" {
            event["windowsVirtualKeyCode"] = json!(13);
        }
        self.call("Input.dispatchKeyEvent", event);
        self.call("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": key }));
    }

    /// Presses a key in a field.
    pub fn press_in(&self, selector: &str, key: &str) {
        let focused = format!(
            "(() => {{ const it = document.querySelector({}); it.focus(); return document.activeElement === it; }})()",
            json!(selector)
        );
        self.until(&focused);
        self.press(key);
    }

    /// What went wrong since the last time: violations of the policy, errors of scripts and of the console, requests to
    /// somebody else.
    pub fn faults(&self) -> Vec<String> {
        // What has happened is told before the answer to what is asked now.
        self.call("Runtime.evaluate", json!({ "expression": "0" }));
        self.events.try_iter().filter_map(|event| self.fault(&event)).collect()
    }

    fn fault(&self, event: &Value) -> Option<String> {
        let it = &event["params"];
        match event["method"].as_str()? {
            "Runtime.exceptionThrown" => Some(format!("exception: {}", it["exceptionDetails"])),
            "Runtime.consoleAPICalled" if it["type"] == "error" || it["type"] == "warning" => {
                Some(format!("console: {}", it["args"]))
            }
            "Log.entryAdded" if it["entry"]["level"] == "error" => Some(format!("log: {}", it["entry"])),
            "Network.requestWillBeSent" => {
                let url = it["request"]["url"].as_str().unwrap_or_default();
                let ours = url.starts_with(&self.home) || url.starts_with("data:");
                (!ours).then(|| format!("a request to {url}"))
            }
            _ => None,
        }
    }

    /// Bytes that came over the wire since the last time, with their headers; of streams that go on nothing.
    pub fn received(&self) -> f64 {
        self.call("Runtime.evaluate", json!({ "expression": "0" }));
        let ended = self.events.try_iter().filter(|event| event["method"] == "Network.loadingFinished");
        ended.filter_map(|event| event["params"]["encodedDataLength"].as_f64()).sum()
    }

    /// How much of the page moved by itself, and what.
    pub fn shifts(&self) -> Vec<Value> {
        self.value(
            "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(window.shifts || []))))",
        )
        .as_array()
        .cloned()
        .unwrap_or_default()
    }

    /// What axe finds wrong with the page: rule and element.
    pub fn barriers(&self) -> Vec<String> {
        self.call("Runtime.evaluate", json!({ "expression": AXE }));
        let run =
            "axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations.flatMap(
            (rule) => rule.nodes.map((node) => `${rule.id}: ${node.html} ${node.failureSummary}`)))";
        let found = self.value(run);
        found
            .as_array()
            .into_iter()
            .flatten()
            .map(|text| text.as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// A picture of the whole page.
    pub fn picture(&self, file: &Path) {
        let size = self.call("Page.getLayoutMetrics", json!({}))["cssContentSize"].clone();
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let taken = self.call(
            "Page.captureScreenshot",
            json!({ "format": "png", "captureBeyondViewport": true, "clip": clip }),
        );
        let png = BASE64_STANDARD.decode(taken["data"].as_str().expect("a picture")).expect("base64");
        std::fs::write(file, png).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let context = json!({ "browserContextId": self.context });
        let _ = self.browser.wire.try_call(None, "Target.disposeBrowserContext", context);
    }
}
