//! The description of the procedure that par. 22 of the Rules (Order No. 395/НҚ) demands: twelve sections and
//! annexes, written from the figures of one run, in Russian, Kazakh and English, as DOCX, HTML, Markdown or JSON.

mod attacks;
mod build;
mod document;
mod docx;
pub mod figures;
mod html;
mod markdown;
mod words;

use std::io;
use std::path::{Path, PathBuf};

pub use figures::{RunFigures, SCHEMA};
pub use words::Lang;

use words::Words;

/// How a description is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Office Open XML.
    Docx,
    /// One file of HTML.
    Html,
    /// Markdown.
    Markdown,
    /// The figures themselves, for programs.
    Json,
}

impl Form {
    /// The form that a file's extension asks for.
    pub fn of(path: &Path) -> Option<Form> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "docx" => Some(Form::Docx),
            "html" | "htm" => Some(Form::Html),
            "md" => Some(Form::Markdown),
            "json" => Some(Form::Json),
            _ => None,
        }
    }
}

/// A description in one language as bytes.
///
/// # Errors
/// Only those of packing.
pub fn render(figures: &RunFigures, lang: Lang, form: Form) -> io::Result<Vec<u8>> {
    if form == Form::Json {
        let mut bytes = serde_json::to_vec_pretty(figures).map_err(io::Error::other)?;
        bytes.push(b'\n');
        return Ok(bytes);
    }
    let parts = build::document(figures, &Words::new(lang));
    Ok(match form {
        Form::Docx => docx::docx(&parts, lang)?,
        Form::Html => html::html(&parts, lang).into_bytes(),
        _ => markdown::markdown(&parts).into_bytes(),
    })
}

/// The files that a description in these languages is stored in: `FILE.docx`, or `FILE.ru.docx` and so on where
/// there are several languages. JSON has no language.
pub fn paths(path: &Path, langs: &[Lang]) -> Vec<(PathBuf, Lang)> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if langs.len() < 2 || Form::of(path) == Some(Form::Json) {
        return vec![(path.to_owned(), langs.first().copied().unwrap_or(Lang::Ru))];
    }
    langs.iter().map(|l| (path.with_extension(format!("{}.{extension}", l.code())), *l)).collect()
}

#[cfg(test)]
mod tests;
