//! A clean new workbook: values only, for spreadsheets whose own format is not written.

use std::io::Write;

use zip::ZipWriter;

use super::renewed::plain_options;
use super::xml;
use crate::format::Output;

/// A value of a new cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// A serial number that is shown as a date.
    Date(f64),
    /// A truth value.
    Bool(bool),
}

/// A sheet: its name, and for every row its number (from 0) and its cells by column.
pub struct NewSheet {
    /// Name, legal and not yet used.
    pub name: String,
    /// True where the source hides it.
    pub hidden: bool,
    /// Rows in rising order.
    pub rows: Vec<(u32, Vec<(u32, Value)>)>,
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const SHEET_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// Writes the workbook.
///
/// # Errors
/// Failures of writing.
pub fn write(sheets: &[NewSheet], from_1904: bool, out: &mut dyn Output) -> zip::result::ZipResult<()> {
    let mut zip = ZipWriter::new(out);
    let mut types = format!(
        "{HEAD}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{SHEET_TYPE}.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"{SHEET_TYPE}.styles+xml\"/>"
    );
    let mut rels = format!("{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\">");
    let mut book = format!("{HEAD}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\">").into_bytes();
    if from_1904 {
        book.extend_from_slice(b"<workbookPr date1904=\"1\"/>");
    }
    book.extend_from_slice(b"<sheets>");
    for (k, sheet) in sheets.iter().enumerate() {
        let n = k + 1;
        types.push_str(&format!(
            "<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"{SHEET_TYPE}.worksheet+xml\"/>"
        ));
        rels.push_str(&format!(
            "<Relationship Id=\"rId{n}\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
        ));
        book.extend_from_slice(b"<sheet name=\"");
        xml::escape_into(&sheet.name, &mut book);
        let state = if sheet.hidden { " state=\"hidden\"" } else { "" };
        book.extend_from_slice(format!("\" sheetId=\"{n}\"{state} r:id=\"rId{n}\"/>").as_bytes());
    }
    types.push_str("</Types>");
    rels.push_str(&format!(
        "<Relationship Id=\"rId{}\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/></Relationships>",
        sheets.len() + 1
    ));
    book.extend_from_slice(b"</sheets></workbook>");
    let root = format!(
        "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let styles = format!(
        "{HEAD}<styleSheet xmlns=\"{MAIN}\"><fonts count=\"1\"><font/></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"2\"><xf xfId=\"0\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\" xfId=\"0\"/></cellXfs></styleSheet>"
    );
    for (name, bytes) in [
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", rels.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
    ] {
        zip.start_file(name, plain_options())?;
        zip.write_all(bytes)?;
    }
    for (k, sheet) in sheets.iter().enumerate() {
        zip.start_file(format!("xl/worksheets/sheet{}.xml", k + 1), plain_options())?;
        write!(zip, "{HEAD}<worksheet xmlns=\"{MAIN}\"><sheetData>")?;
        let mut bytes = Vec::new();
        for (row, cells) in &sheet.rows {
            bytes.extend_from_slice(format!("<row r=\"{}\">", row + 1).as_bytes());
            for (column, value) in cells {
                cell(&format!("{}{}", letters(*column), row + 1), value, &mut bytes);
            }
            bytes.extend_from_slice(b"</row>");
            if bytes.len() > 1 << 20 {
                zip.write_all(&bytes)?;
                bytes.clear();
            }
        }
        bytes.extend_from_slice(b"</sheetData></worksheet>");
        zip.write_all(&bytes)?;
    }
    zip.finish()?.flush()?;
    Ok(())
}

fn cell(at: &str, value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Empty => {}
        Value::Text(text) => {
            out.extend_from_slice(
                format!("<c r=\"{at}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">").as_bytes(),
            );
            xml::escape_into(text, out);
            out.extend_from_slice(b"</t></is></c>");
        }
        Value::Number(n) => out.extend_from_slice(format!("<c r=\"{at}\"><v>{n}</v></c>").as_bytes()),
        Value::Date(n) => out.extend_from_slice(format!("<c r=\"{at}\" s=\"1\"><v>{n}</v></c>").as_bytes()),
        Value::Bool(b) => {
            out.extend_from_slice(format!("<c r=\"{at}\" t=\"b\"><v>{}</v></c>", u8::from(*b)).as_bytes());
        }
    }
}

fn letters(mut column: u32) -> String {
    let mut name = Vec::new();
    loop {
        name.push(b'A' + (column % 26) as u8);
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    name.iter().rev().map(|b| char::from(*b)).collect()
}
