use std::fmt::Write as _;
use std::io::{self, Cursor, Write};

use zip::write::SimpleFileOptions;

use super::document::Part;
use super::html::escape;
use super::words::Lang;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/></Types>"#;
const RELS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
const DOCUMENT_RELS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/></Relationships>"#;
const FOOTER: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>"#;
const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
// width of the text on A4 with margins of 30 and 15 mm, in twentieths of a point
const TEXT_WIDTH: u32 = 9355;

fn styles(lang: Lang) -> String {
    let tag = match lang {
        Lang::Ru => "ru-RU",
        Lang::Kk => "kk-KZ",
        Lang::En => "en-GB",
    };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="Times New Roman"/><w:sz w:val="24"/><w:szCs w:val="24"/><w:lang w:val="{tag}"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="100" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:pPr><w:jc w:val="center"/><w:spacing w:before="600" w:after="120"/></w:pPr><w:rPr><w:b/><w:sz w:val="30"/><w:szCs w:val="30"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Subtitle"><w:name w:val="Subtitle"/><w:basedOn w:val="Normal"/><w:pPr><w:jc w:val="center"/><w:spacing w:after="360"/></w:pPr></w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/><w:keepLines/><w:spacing w:before="300" w:after="120"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="26"/><w:szCs w:val="26"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Cell"><w:name w:val="Cell"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr><w:rPr><w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr></w:style></w:styles>"#
    )
}

fn numbering(lists: usize) -> String {
    let mut out = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1)"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="567" w:hanging="425"/></w:pPr></w:lvl></w:abstractNum>"#
    );
    for n in 1..=lists {
        let _ = write!(
            out,
            r#"<w:num w:numId="{n}"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>"#
        );
    }
    out + "</w:numbering>"
}

/// The document as a DOCX file (ECMA-376): A4, page numbers, tables whose head repeats on every page.
///
/// # Errors
/// Only those of writing to memory.
pub(super) fn docx(parts: &[Part], lang: Lang) -> io::Result<Vec<u8>> {
    let mut body = String::new();
    let mut lists = 0;
    let mut in_list = false;
    for part in parts {
        if matches!(part, Part::Item(_)) != in_list {
            in_list = !in_list;
            lists += usize::from(in_list);
        }
        match part {
            Part::Title(t, s) => {
                body.push_str(&paragraph("Title", "", t, false));
                body.push_str(&paragraph("Subtitle", "", s, false));
            }
            Part::Heading(t) => body.push_str(&paragraph("Heading1", "", t, false)),
            Part::Text(t) => body.push_str(&paragraph("Normal", r#"<w:jc w:val="both"/>"#, t, false)),
            Part::Item(t) => {
                let list = format!(
                    r#"<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{lists}"/></w:numPr><w:jc w:val="both"/>"#
                );
                body.push_str(&paragraph("Normal", &list, t, false));
            }
            Part::Table { widths, header, rows } => table(widths, header, rows, &mut body),
            Part::Sign(lines) => {
                for line in lines {
                    let blank = format!("{line}  ______________________________");
                    body.push_str(&paragraph(
                        "Normal",
                        r#"<w:keepNext/><w:spacing w:before="360"/>"#,
                        &blank,
                        false,
                    ));
                }
            }
        }
    }
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>{body}<w:sectPr><w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="850" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>"#
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let styles = styles(lang);
    let numbering = numbering(lists);
    for (name, text) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELS),
        ("word/document.xml", &document),
        ("word/_rels/document.xml.rels", DOCUMENT_RELS),
        ("word/styles.xml", &styles),
        ("word/numbering.xml", &numbering),
        ("word/footer1.xml", FOOTER),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).map_err(io::Error::other)?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish().map_err(io::Error::other)?.into_inner())
}

fn paragraph(style: &str, properties: &str, text: &str, bold: bool) -> String {
    let bold = if bold { "<w:rPr><w:b/></w:rPr>" } else { "" };
    format!(
        r#"<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr><w:r>{bold}<w:t xml:space="preserve">{}</w:t></w:r></w:p>"#,
        escape(&breakable(text))
    )
}

/// Long runs without a blank (hashes, paths) get places where a line may break.
fn breakable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = 0;
    for c in text.chars() {
        run = if c.is_whitespace() { 0 } else { run + 1 };
        out.push(c);
        if run >= 12 && (run % 16 == 0 || matches!(c, '.' | '/' | '_' | ':')) {
            out.push('\u{200b}');
        }
    }
    out
}

fn table(widths: &[u32], header: &[String], rows: &[Vec<String>], out: &mut String) {
    out.push_str(r#"<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>"#);
    for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
        let _ = write!(out, r#"<w:{side} w:val="single" w:sz="4" w:space="0" w:color="444444"/>"#);
    }
    out.push_str(r#"</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>"#);
    let width = |n: usize| widths.get(n).copied().unwrap_or(10) * TEXT_WIDTH / 100;
    for n in 0..header.len() {
        let _ = write!(out, r#"<w:gridCol w:w="{}"/>"#, width(n));
    }
    out.push_str("</w:tblGrid>");
    let mut line = |cells: &[String], head: bool| {
        out.push_str(r#"<w:tr><w:trPr><w:cantSplit/>"#);
        out.push_str(if head { "<w:tblHeader/></w:trPr>" } else { "</w:trPr>" });
        for (n, cell) in cells.iter().enumerate() {
            let shade = if head { r#"<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>"# } else { "" };
            let _ = write!(
                out,
                r#"<w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/>{shade}</w:tcPr>{}</w:tc>"#,
                width(n),
                paragraph("Cell", "", cell, head)
            );
        }
        out.push_str("</w:tr>");
    };
    line(header, true);
    rows.iter().for_each(|r| line(r, false));
    out.push_str("</w:tbl>");
    out.push_str(&paragraph("Cell", "", "", false));
}
