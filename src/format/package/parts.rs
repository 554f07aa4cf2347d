//! Which elements and attributes of office XML hold words of people, and which are structure.

/// The family of vocabularies that a part is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    /// WordprocessingML, DrawingML, PresentationML and what stands beside them.
    Office,
    /// Parts of a workbook other than its rows.
    Sheet,
    /// OpenDocument.
    Odf,
    /// XML of somebody else (custom XML): every attribute may be data.
    Foreign,
}

/// What an attribute's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Structure: not looked at.
    No,
    /// Words.
    Words,
    /// The name or login of a person who worked on the file.
    Person,
    /// A link.
    Link,
    /// A stored value of a table.
    Value,
}

/// What the attribute `name` (local) of `element` (local) is.
pub fn attribute_use(flavor: Flavor, element: &[u8], full: &[u8], name: &[u8], value: &[u8]) -> Use {
    if value.is_empty() || full.starts_with(b"xmlns") {
        return Use::No;
    }
    if flavor != Flavor::Foreign {
        match name {
            b"author" | b"initials" | b"userId" | b"displayName" | b"userName" | b"lastEditor" => {
                return Use::Person;
            }
            b"name" if matches!(element, b"cmAuthor" | b"author" | b"userInfo") => return Use::Person,
            _ => {}
        }
    }
    match flavor {
        Flavor::Odf => match name {
            b"href" if value[0] == b'#' || !value.contains(&b':') => Use::No,
            b"href" => Use::Link,
            b"value" | b"string-value" | b"date-value" if full.starts_with(b"office:") => Use::Value,
            b"formula" | b"description" | b"condition" | b"target-frame-name" => Use::Words,
            b"name"
                if matches!(
                    element,
                    b"table" | b"frame" | b"custom-shape" | b"user-field-decl" | b"bookmark"
                ) =>
            {
                Use::Words
            }
            _ => by_form(name, value),
        },
        Flavor::Foreign if value.len() >= 3 && name != b"itemID" && name != b"uri" => Use::Words,
        Flavor::Foreign => Use::No,
        Flavor::Office | Flavor::Sheet => match name {
            b"descr" | b"title" | b"alt" | b"tooltip" | b"display" | b"location" | b"prompt"
            | b"promptTitle" | b"error" | b"errorTitle" | b"instr" | b"displayText" | b"string" | b"href"
            | b"url" | b"connection" | b"command" | b"sourceFile" | b"odcFile" | b"description"
            | b"caption" | b"label" | b"comment" => Use::Words,
            b"val"
                if matches!(
                    element,
                    b"docVar"
                        | b"listEntry"
                        | b"default"
                        | b"statusText"
                        | b"helpText"
                        | b"alias"
                        | b"tag"
                        | b"filter"
                        | b"customFilter"
                        | b"sheetName"
                        | b"query"
                        | b"connectString"
                ) =>
            {
                Use::Words
            }
            b"name"
                if matches!(
                    element,
                    b"sheet"
                        | b"definedName"
                        | b"property"
                        | b"cacheField"
                        | b"tableColumn"
                        | b"connection"
                        | b"docVar"
                        | b"dataField"
                        | b"scenario"
                        | b"customWorkbookView"
                ) =>
            {
                Use::Words
            }
            b"v" if matches!(element, b"s" | b"n" | b"d") => Use::Value,
            _ => by_form(name, value),
        },
    }
}

/// Attributes that nobody listed hold words where they hold letters beyond ASCII or a mail address.
fn by_form(name: &[u8], value: &[u8]) -> Use {
    let structure = matches!(
        name,
        b"typeface"
            | b"ascii"
            | b"hAnsi"
            | b"cs"
            | b"eastAsia"
            | b"script"
            | b"lang"
            | b"formatCode"
            | b"family"
            | b"font-family"
            | b"style-name"
            | b"parent-style-name"
            | b"list-style-name"
            | b"bullet-char"
            | b"next-style-name"
            | b"num-suffix"
            | b"num-prefix"
            | b"styleName"
            | b"char"
            | b"Ignorable"
            | b"font-name"
    );
    if structure {
        return Use::No;
    }
    let letters = || String::from_utf8_lossy(value).chars().any(|c| !c.is_ascii() && c.is_alphabetic());
    if value.contains(&b'@') || (!value.is_ascii() && letters()) { Use::Words } else { Use::No }
}

/// Elements whose text is the name or login of a person who worked on the file.
pub fn is_person(flavor: Flavor, element: &[u8]) -> bool {
    match flavor {
        Flavor::Foreign => false,
        Flavor::Odf => matches!(
            element,
            b"creator"
                | b"initial-creator"
                | b"printed-by"
                | b"creator-initials"
                | b"sender-initials"
                | b"author-name"
                | b"author-initials"
        ),
        _ => matches!(element, b"creator" | b"lastModifiedBy" | b"author" | b"Manager"),
    }
}

/// Elements whose text is a number or switch of the program.
pub fn is_structure(element: &[u8]) -> bool {
    matches!(
        element,
        b"posOffset"
            | b"pctWidth"
            | b"pctHeight"
            | b"pctPosHOffset"
            | b"pctPosVOffset"
            | b"align"
            | b"TotalTime"
            | b"Words"
            | b"Characters"
            | b"Pages"
            | b"Lines"
            | b"Paragraphs"
            | b"AppVersion"
            | b"Application"
            | b"CharactersWithSpaces"
            | b"DocSecurity"
            | b"ScaleCrop"
            | b"created"
            | b"modified"
            | b"formatCode"
            | b"PresentationFormat"
            | b"Slides"
            | b"Notes"
            | b"HiddenSlides"
            | b"MMClips"
            | b"LinksUpToDate"
            | b"SharedDoc"
            | b"HyperlinksChanged"
            | b"generator"
            | b"editing-cycles"
            | b"editing-duration"
            | b"creation-date"
            | b"binary-data"
            | b"Extent"
            | b"Anchor"
            | b"Row"
            | b"Column"
            | b"revision"
            | b"off"
            | b"ext"
            | b"binData"
            | b"date-string"
            | b"print-date"
    )
}

/// True where an author is a program's own default and no person.
pub fn is_program(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    const PROGRAMS: &[&str] = &[
        "openpyxl",
        "python-docx",
        "python-pptx",
        "xlsxwriter",
        "libreoffice",
        "openoffice",
        "microsoft",
        "apache poi",
        "aspose",
        "phpexcel",
        "phpspreadsheet",
        "exceljs",
        "sheetjs",
        "1c",
        "1с",
    ];
    const DEFAULTS: &[&str] = &[
        "",
        "author",
        "автор",
        "unknown",
        "unknown author",
        "неизвестный автор",
        "user",
        "пользователь",
        "windows user",
        "пользователь windows",
        "admin",
        "administrator",
        "администратор",
    ];
    DEFAULTS.contains(&name.as_str()) || PROGRAMS.iter().any(|p| name.starts_with(p))
}
