//! Where a page begins: the values by which the last row of the page before was sorted.

/// In hexadecimal, so that nobody has to escape it.
pub fn encode(values: &[Option<String>]) -> String {
    let text = serde_json::to_string(values).unwrap_or_default();
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// So many values; none, when it is not what a page gave.
pub fn decode(text: &str, number: usize) -> Option<Vec<Option<String>>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    let bytes: Vec<u8> = (0..text.len()).step_by(2).map(byte).collect::<Option<_>>()?;
    let values: Vec<Option<String>> = serde_json::from_slice(&bytes).ok()?;
    let sound = values.len() == number && values.iter().flatten().all(|value| !value.contains('\0'));
    sound.then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_survives_the_way_through_an_address() {
        let values = [Some("2021-01-01".to_owned()), None, Some("ai_ä%&\"".to_owned())];
        assert_eq!(decode(&encode(&values), 3), Some(values.to_vec()));
        assert_eq!(decode(&encode(&values), 2), None);
        for wrong in ["", "x", "zz", "00", "äö", "5b5d", &encode(&[Some("\0".to_owned())])] {
            assert_eq!(decode(wrong, 1), None, "{wrong}");
        }
    }
}
