//! A file, or standard input, opened as what it holds: decompressed, decoded.

use super::{Decode, Gzip};
use crate::failure::{Failure, Result};
use encoding_rs::Encoding;
use indicatif::ProgressBar;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Compression {
    Infer,
    None,
    Gzip,
    Bz2,
    Zip,
    Xz,
    Zstd,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Infer,
    Csv,
    Ndjson,
    Parquet,
}

/// Where the bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    File(PathBuf),
    Stdin,
}

impl Input {
    /// As messages name it.
    pub fn name(&self) -> String {
        match self {
            Input::File(path) => path.display().to_string(),
            Input::Stdin => "standard input".to_owned(),
        }
    }

    fn open(&self) -> Result<(Box<dyn Read + Send>, u64)> {
        match self {
            Input::Stdin => Ok((Box::new(io::stdin()), 0)),
            Input::File(path) => {
                let file = File::open(path).map_err(|error| self.wrong(&error))?;
                let length = file.metadata().map_or(0, |metadata| metadata.len());
                Ok((Box::new(file), length))
            }
        }
    }

    pub fn wrong(&self, error: &dyn std::fmt::Display) -> Failure {
        Failure::work(format!("{}: {error}", self.name()))
    }
}

/// An input as what it holds.
pub enum Content {
    /// UTF-8.
    Csv(Box<dyn Read + Send>),
    /// UTF-8.
    Json(Box<dyn Read + Send>),
    Parquet(File),
}

type Stream = Box<dyn BufRead + Send>;

const BUFFER: usize = 1 << 18;
/// So much tells what a stream is.
const BEGINNING: usize = 512;

/// Opens an input as it is said to be, else by its name and its first bytes; the bar follows the bytes that are read.
pub fn open(
    input: &Input,
    compression: Compression,
    format: Format,
    encoding: &'static Encoding,
    bar: &ProgressBar,
) -> Result<Content> {
    let wrong = |error: io::Error| input.wrong(&error);
    let (raw, length) = input.open()?;
    bar.set_length(length);
    let (raw, first) = beginning(bar.wrap_read(raw)).map_err(wrong)?;
    if format == Format::Parquet || (format == Format::Infer && first.starts_with(b"PAR1")) {
        return Ok(Content::Parquet(seekable(input, raw)?));
    }
    let compression = match compression {
        Compression::Infer => compression_of(&first),
        given => given,
    };
    let plain: Box<dyn Read + Send> = match compression {
        Compression::Gzip => whole(Gzip::new(raw)),
        Compression::Bz2 => whole(bzip2::bufread::MultiBzDecoder::new(raw)),
        Compression::Xz => whole(liblzma::bufread::XzDecoder::new_multi_decoder(raw)),
        Compression::Zstd => whole(zstd::Decoder::with_buffer(raw).map_err(wrong)?),
        Compression::Zip => whole(unzip(input, seekable(input, raw)?)?),
        Compression::Infer | Compression::None => Box::new(raw),
    };
    let text = Decode::new(plain, encoding);
    Ok(match (format, format_of(input)) {
        (Format::Ndjson, _) | (Format::Infer, Format::Ndjson) => Content::Json(Box::new(text)),
        (Format::Infer, Format::Infer) => {
            let (text, first) = beginning(text).map_err(wrong)?;
            match first.trim_ascii_start().first() {
                Some(b'{' | b'[') => Content::Json(Box::new(text)),
                _ => Content::Csv(Box::new(text)),
            }
        }
        _ => Content::Csv(Box::new(text)),
    })
}

/// What the name of a file says; what a stream holds, its beginning says.
fn format_of(input: &Input) -> Format {
    let Input::File(path) = input else { return Format::Infer };
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let plain = [".gz", ".gzip", ".bz2", ".xz", ".zst", ".zstd", ".zip"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(&name);
    match plain.rsplit_once('.').map(|(_, ending)| ending) {
        Some("ndjson" | "jsonl" | "json") => Format::Ndjson,
        Some("csv" | "tsv" | "txt" | "psv" | "dat") => Format::Csv,
        _ => Format::Infer,
    }
}

/// The first bytes of a stream, and the stream with them.
fn beginning(mut stream: impl Read + Send + 'static) -> io::Result<(Stream, Vec<u8>)> {
    let mut first = Vec::new();
    stream.by_ref().take(BEGINNING as u64).read_to_end(&mut first)?;
    let whole = Cursor::new(first.clone()).chain(BufReader::with_capacity(BUFFER, stream));
    Ok((Box::new(whole), first))
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

/// A file to jump about in: the input itself, or a nameless copy of a stream.
fn seekable(input: &Input, mut stream: Stream) -> Result<File> {
    if let Input::File(path) = input {
        if path.is_file() {
            return File::open(path).map_err(|error| input.wrong(&error));
        }
    }
    let mut copied = || {
        let mut file = tempfile::tempfile()?;
        io::copy(&mut stream, &mut file)?;
        file.flush()?;
        file.rewind()?;
        Ok(file)
    };
    copied().map_err(|error: io::Error| input.wrong(&error))
}

/// The decompressed bytes, with errors in words of the file.
fn whole(source: impl Read + Send + 'static) -> Box<dyn Read + Send> {
    Box::new(Decompressed(source))
}

struct Decompressed<R>(R);

impl<R: Read> Read for Decompressed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                io::Error::new(error.kind(), "the file is cut off: its compressed data have no end")
            }
            io::ErrorKind::Interrupted => error,
            kind => io::Error::new(kind, format!("the compressed data are damaged: {error}")),
        })
    }
}

/// The one file of an archive.
fn unzip(input: &Input, file: File) -> Result<impl Read + Send + 'static> {
    let wrong = |error: zip::result::ZipError| input.wrong(&error);
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(wrong)?;
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        if archive.by_index(index).map_err(wrong)?.is_file() {
            entries.push(index);
        }
    }
    let [only] = entries.as_slice() else {
        let what = format!("an archive with one file is needed, and this has {}", entries.len());
        return Err(input.wrong(&what));
    };
    // An entry borrows its archive; a thread of its own streams it.
    let (sender, pieces) = std::sync::mpsc::sync_channel(4);
    let only = *only;
    std::thread::spawn(move || {
        let mut entry = match archive.by_index(only) {
            Ok(entry) => entry,
            Err(error) => return drop(sender.send(Err(io::Error::other(error)))),
        };
        loop {
            let mut piece = vec![0; BUFFER];
            let read = entry.read(&mut piece);
            let is_over = !matches!(read, Ok(1..));
            let piece = read.map(|length| {
                piece.truncate(length);
                piece
            });
            // A reader that went away wants no more.
            if sender.send(piece).is_err() || is_over {
                return;
            }
        }
    });
    Ok(Pieces { pieces, piece: Cursor::new(Vec::new()) })
}

/// What a thread sends, piece by piece, to an empty one at the end.
struct Pieces {
    pieces: std::sync::mpsc::Receiver<io::Result<Vec<u8>>>,
    piece: Cursor<Vec<u8>>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.position() == self.piece.get_ref().len() as u64 {
            let next = self.pieces.recv().map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))??;
            self.piece = Cursor::new(next);
        }
        self.piece.read(buffer)
    }
}

/// The files that a command line names: each as it stands, or those that a pattern finds; `-` is standard input.
///
/// # Errors
/// A file that is not there, a pattern that finds none, a file named twice: its rows would come twice.
pub fn inputs(names: &[String]) -> Result<Vec<Input>> {
    let mut inputs: Vec<Input> = Vec::new();
    for name in names {
        if name == "-" {
            inputs.push(Input::Stdin);
            continue;
        }
        let path = Path::new(name);
        if path.exists() {
            inputs.push(Input::File(path.to_owned()));
            continue;
        }
        let found = glob::glob(name).map_err(|error| Failure::usage(format!("'{name}': {error}")))?;
        let found: Vec<PathBuf> = found.flatten().filter(|path| path.is_file()).collect();
        if found.is_empty() {
            let what = if name.contains(['*', '?', '[']) { "finds no file" } else { "does not exist" };
            return Err(Failure::usage(format!("file '{name}' {what}")));
        }
        inputs.extend(found.into_iter().map(Input::File));
    }
    if let Some(folder) = inputs.iter().find(|input| matches!(input, Input::File(path) if path.is_dir())) {
        let name = folder.name();
        return Err(
            Failure::usage(format!("'{name}' is a folder")).hint(format!("Its files are '{name}/*'."))
        );
    }
    for (index, input) in inputs.iter().enumerate() {
        if inputs[..index].iter().any(|earlier| is_same(earlier, input)) {
            return Err(Failure::usage(format!("{} is given twice", input.name())));
        }
    }
    Ok(inputs)
}

fn is_same(one: &Input, other: &Input) -> bool {
    match (one, other) {
        (Input::File(one), Input::File(other)) => match (one.canonicalize(), other.canonicalize()) {
            (Ok(one), Ok(other)) => one == other,
            _ => one == other,
        },
        _ => one == other,
    }
}
