//! `numeric` as a decimal of polars: every digit, or a refusal.
//!
//! A column of polars has one scale, a value of an undeclared `numeric` its own: the greatest of a column is that of all.

use super::broken;
use crate::refusal::{Refusal, Result};
use bytes::Buf;
use polars::prelude::*;

/// Digits of a decimal of polars.
const MOST_DIGITS: usize = 38;

/// The numerics of a column so far.
#[derive(Default)]
pub struct Numerics {
    values: Vec<Option<i128>>,
    scale: u32,
}

impl Numerics {
    pub fn push(&mut self, value: Option<&[u8]>, column: &str) -> Result<()> {
        let Some(value) = value else {
            self.values.push(None);
            return Ok(());
        };
        let (mut digits, scale) = read(value, column)?;
        if scale > self.scale {
            for known in self.values.iter_mut().flatten() {
                *known = scaled(*known, scale - self.scale, column)?;
            }
            self.scale = scale;
        } else {
            digits = scaled(digits, self.scale - scale, column)?;
        }
        self.values.push(Some(digits));
        Ok(())
    }

    pub fn finish(self, column: &str) -> Result<Series> {
        let values = Int128Chunked::from_iter_options(PlSmallStr::EMPTY, self.values.into_iter());
        let decimals = values.into_decimal(MOST_DIGITS, self.scale as usize);
        Ok(decimals.map_err(|_| too_long(column))?.into_series())
    }
}

fn too_long(column: &str) -> Refusal {
    Refusal::new(format!("numbers of column '{column}' have more than {MOST_DIGITS} digits together"))
        .hint("Cast it in the load: ::numeric(38, 10), ::double precision, or ::text to keep every digit.")
}

fn scaled(digits: i128, by: u32, column: &str) -> Result<i128> {
    let scaled = 10_i128.checked_pow(by).and_then(|power| digits.checked_mul(power));
    if digits == 0 {
        return Ok(0);
    }
    scaled.ok_or_else(|| too_long(column))
}

/// `numeric_send` in numeric.c: digits in base 10000, the weight of the first, a sign, digits after the point. Gives the
/// number without its point, and its scale.
fn read(mut value: &[u8], column: &str) -> Result<(i128, u32)> {
    if value.len() < 8 {
        return Err(broken());
    }
    let (digits, weight) = (value.get_i16(), value.get_i16());
    let (sign, scale) = (value.get_u16(), value.get_u16());
    let special = match sign {
        0xc000 => Some("NaN"),
        0xd000 => Some("Infinity"),
        0xf000 => Some("-Infinity"),
        _ => None,
    };
    if let Some(special) = special {
        return Err(Refusal::new(format!("{special} of column '{column}' is no decimal number"))
            .hint("Leave it out, or cast it in the load: ::double precision."));
    }
    let count = usize::try_from(digits).ok().filter(|it| value.len() == it * 2).ok_or_else(broken)?;
    let mut all: i128 = 0;
    // The power of ten of the last group, beside the digits that the scale asks for.
    let mut power = (i32::from(weight) + 1) * 4;
    for _ in 0..count {
        let group = i128::from(value.get_i16());
        power -= 4;
        if group == 0 {
            continue;
        }
        let shift = power + i32::from(scale);
        // The last group may hold zeros beyond the scale.
        let term = match u32::try_from(shift) {
            Ok(shift) => 10_i128.checked_pow(shift).and_then(|power| group.checked_mul(power)),
            Err(_) => 10_i128.checked_pow(shift.unsigned_abs()).map(|power| group / power),
        };
        all = term.and_then(|term| all.checked_add(term)).ok_or_else(|| too_long(column))?;
    }
    Ok((if sign == 0x4000 { -all } else { all }, scale.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `numeric_send` does it.
    fn sent(text: &str) -> Vec<u8> {
        let (sign, text) = text.strip_prefix('-').map_or((0_u16, text), |rest| (0x4000, rest));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let whole = format!("{}{whole}", "0".repeat((4 - whole.len() % 4) % 4));
        let padded = format!("{fraction}{}", "0".repeat((4 - fraction.len() % 4) % 4));
        let all = format!("{whole}{padded}");
        let groups: Vec<i16> = (0..all.len() / 4).map(|i| all[i * 4..i * 4 + 4].parse().unwrap()).collect();
        let mut bytes = i16::try_from(groups.len()).unwrap().to_be_bytes().to_vec();
        bytes.extend(i16::try_from(whole.len() / 4).map(|it| it - 1).unwrap().to_be_bytes());
        bytes.extend(sign.to_be_bytes());
        bytes.extend(u16::try_from(fraction.len()).unwrap().to_be_bytes());
        groups.iter().for_each(|group| bytes.extend(group.to_be_bytes()));
        bytes
    }

    fn column(texts: &[&str]) -> Result<Vec<String>> {
        let mut numerics = Numerics::default();
        for text in texts {
            numerics.push(Some(&sent(text)), "y")?;
        }
        let series = numerics.finish("y")?;
        Ok(series.cast(&DataType::String)?.str()?.iter().map(|it| it.unwrap().to_owned()).collect())
    }

    #[test]
    fn numerics_come_as_they_are() {
        for text in [
            "0",
            "1",
            "-1",
            "10000",
            "0.0001",
            "12345.678",
            "-0.00000012",
            "99999999999999999999999999999999999.999",
            "-99999999999999999999999999999999999999",
            "100.00",
            "0.10",
        ] {
            assert_eq!(column(&[text]).unwrap(), [text]);
        }
    }

    #[test]
    fn a_column_has_the_greatest_scale_of_its_values_and_none_is_rounded() {
        assert_eq!(column(&["1", "0.25", "-3.5"]).unwrap(), ["1.00", "0.25", "-3.50"]);
        let message = column(&["99999999999999999999999999999999999999", "0.1"]).unwrap_err().message;
        assert!(message.contains("'y'"), "{message}");
        assert!(column(&[&"9".repeat(40)]).is_err());
    }

    #[test]
    fn what_is_no_number_is_refused_by_name() {
        for (sign, word) in [(0xc000_u16, "NaN"), (0xd000, "Infinity"), (0xf000, "-Infinity")] {
            let mut bytes = vec![0; 4];
            bytes.extend(sign.to_be_bytes());
            bytes.extend([0, 0]);
            let message = Numerics::default().push(Some(&bytes), "y").unwrap_err().message;
            assert!(message.starts_with(word) && message.contains("'y'"), "{message}");
        }
    }
}
