//! A file as a stream of UTF-8: decompressed, decoded.

use super::options::{Compression, Format, Options};
use crate::failure::{Failure, Result};
use encoding_rs_io::DecodeReaderBytesBuilder;
use indicatif::ProgressBar;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// What a file holds: as told, else by its name, else by its first bytes.
pub fn format_of(file: &Path, options: &Options) -> Result<Format> {
    if options.format != Format::Infer {
        return Ok(options.format);
    }
    if first_bytes(file)?.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    let name = file.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let is_ndjson = [".ndjson", ".jsonl", ".json"]
        .iter()
        .any(|ending| name.split_inclusive(ending).count() > 1 || name.ends_with(ending));
    Ok(if is_ndjson { Format::Ndjson } else { Format::Csv })
}

fn first_bytes(file: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_file(file)?.take(8).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn open_file(file: &Path) -> Result<File> {
    File::open(file).map_err(|error| Failure::work(format!("{}: {error}", file.display())))
}

/// The text of a file; the bar follows the bytes that are read of it.
pub fn open(file: &Path, options: &Options, bar: &ProgressBar) -> Result<Box<dyn Read + Send>> {
    let compression = match options.compression {
        Compression::Infer => compression_of(&first_bytes(file)?),
        given => given,
    };
    let raw = open_file(file)?;
    bar.set_length(raw.metadata()?.len());
    let raw = BufReader::with_capacity(1 << 18, bar.wrap_read(raw));
    let plain: Box<dyn Read + Send> = match compression {
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(raw)),
        Compression::Bz2 => Box::new(bzip2::bufread::MultiBzDecoder::new(raw)),
        Compression::Xz => Box::new(liblzma::bufread::XzDecoder::new_multi_decoder(raw)),
        Compression::Zstd => Box::new(zstd::Decoder::with_buffer(raw)?),
        Compression::Zip => unzip(file)?,
        Compression::Infer | Compression::None => Box::new(raw),
    };
    let decoded =
        DecodeReaderBytesBuilder::new().encoding(Some(options.encoding)).bom_override(true).build(plain);
    Ok(Box::new(BufReader::with_capacity(1 << 18, decoded)))
}

fn compression_of(first: &[u8]) -> Compression {
    match first {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [b'B', b'Z', b'h', ..] => Compression::Bz2,
        [b'P', b'K', 3, 4, ..] => Compression::Zip,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Compression::Xz,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Compression::Zstd,
        _ => Compression::None,
    }
}

/// The one file of an archive.
fn unzip(file: &Path) -> Result<Box<dyn Read + Send>> {
    let wrong = |error: zip::result::ZipError| Failure::work(format!("{}: {error}", file.display()));
    let mut archive = zip::ZipArchive::new(BufReader::new(open_file(file)?)).map_err(wrong)?;
    let entries: Vec<usize> = (0..archive.len())
        .filter(|index| archive.by_index(*index).is_ok_and(|entry| entry.is_file()))
        .collect();
    let [only] = entries.as_slice() else {
        return Err(Failure::work(format!(
            "{}: an archive with one file is needed, and this has {}",
            file.display(),
            entries.len()
        )));
    };
    // An entry borrows its archive; a thread of its own streams it through a pipe.
    let (reader, mut writer) = std::io::pipe()?;
    let only = *only;
    std::thread::spawn(move || {
        if let Ok(mut entry) = archive.by_index(only) {
            // A reader that went away wants no more.
            let _ = std::io::copy(&mut entry, &mut writer);
        }
    });
    Ok(Box::new(reader))
}
