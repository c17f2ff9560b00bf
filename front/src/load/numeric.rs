//! Postgres' binary form of `numeric`: `numeric_send` in numeric.c, digits in base 10000.

use bytes::{BufMut, BytesMut};

/// Writes a decimal number without exponent, `NaN`, `inf` or `-inf`; `None` if the text is none.
pub fn encode(text: &str, into: &mut BytesMut) -> Option<()> {
    let special = match text {
        "NaN" => Some(0xc000),
        "inf" => Some(0xd000),
        "-inf" => Some(0xf000),
        _ => None,
    };
    if let Some(sign) = special {
        into.put_i32(8);
        for word in [0, 0, sign, 0] {
            into.put_u16(word);
        }
        return Some(());
    }
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !(is_digits(whole) && is_digits(fraction)) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let scale = u16::try_from(fraction.len()).ok()?;
    // Groups of four digits, counted from the point in both directions.
    let padding = (4 - whole.len() % 4) % 4;
    let mut groups: Vec<i16> = Vec::with_capacity((whole.len() + fraction.len()) / 4 + 2);
    let mut group = 0;
    let mut length = padding;
    for digit in
        whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', (4 - fraction.len() % 4) % 4))
    {
        group = group * 10 + i16::from(digit - b'0');
        length += 1;
        if length == 4 {
            groups.push(group);
            (group, length) = (0, 0);
        }
    }
    let mut weight = i16::try_from(whole.len().div_ceil(4)).ok()? - 1;
    let leading = groups.iter().take_while(|group| **group == 0).count();
    let trailing = groups.iter().rev().take_while(|group| **group == 0).count();
    let kept = groups.get(leading..groups.len() - trailing.min(groups.len() - leading)).unwrap_or_default();
    weight -= i16::try_from(leading).ok()?;
    let is_zero = kept.is_empty();
    into.put_i32(i32::try_from(8 + 2 * kept.len()).ok()?);
    into.put_i16(i16::try_from(kept.len()).ok()?);
    into.put_i16(if is_zero { 0 } else { weight });
    into.put_u16(if negative && !is_zero { 0x4000 } else { 0 });
    into.put_u16(scale);
    kept.iter().for_each(|group| into.put_i16(*group));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Vec<i16>, i16, u16, u16) {
        let mut bytes = BytesMut::new();
        encode(text, &mut bytes).unwrap();
        let words: Vec<i16> =
            bytes[4..].chunks(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]])).collect();
        (words[4..].to_vec(), words[1], words[2].cast_unsigned(), words[3].cast_unsigned())
    }

    #[test]
    fn digits_are_grouped_around_the_point() {
        assert_eq!(parts("12345.678"), (vec![1, 2345, 6780], 1, 0, 3));
        assert_eq!(parts("-0.00012"), (vec![1, 2000], -1, 0x4000, 5));
        assert_eq!(parts("10000"), (vec![1], 1, 0, 0));
        assert_eq!(parts("-0.0"), (vec![], 0, 0, 1));
        assert_eq!(parts("0.00000001"), (vec![1], -2, 0, 8));
        assert_eq!(parts("NaN"), (vec![], 0, 0xc000, 0));
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in ["", "-", ".", "1e5", "1,5", "nan"] {
            assert_eq!(encode(text, &mut BytesMut::new()), None, "{text}");
        }
    }
}
