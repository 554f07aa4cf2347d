//! The patterns of what stands beside participants.

use std::sync::LazyLock;

use regex::Regex;

use super::regex;

const MONTH: &str = "(?:янв|фев|мар|апр|ма[йяе]|июн|июл|авг|сент?|окт|ноя|дек|қаңтар|ақпан|наурыз|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан|кантар|акпан|сауир|шилде|кыркуйек|казан|караша|желтоксан|Ocak|Şubat|Nisan|Mayıs|Haziran|Temmuz|Ağustos|Eylül|Ekim|Kasım|Aralık|[Jj]an|[Ff]eb|[Mm]ar|[Aa]pr|[Mm]ay|[Jj]un|[Jj]ul|[Aa]ug|[Ss]ep|[Oo]ct|[Nn]ov|[Dd]ec)";

/// A date in any way of writing, or a lone year.
pub(super) static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"(?:\p{Ll}+\s+){1,2}";
    regex(&[
        r"\b\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:19|20)?\d{2}\b|\b(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}\b",
        r"|\b\d{1,2}[-. /][IVX]{1,4}[-. /](?:19|20)?\d{2}\b",
        r"|\b[\dOОlЗзб]{1,2}[.][\dOОlЗзб]{1,2}[.](?:[12l][\dOОlЗзб]{3})",
        &format!(r#"|[«"“]?\b\d{{1,2}}\b[»"”]?(?:-?го)?\s+{MONTH}\p{{L}}*(?: \p{{Ll}}{{1,3}})?\s+(?:19|20)\d{{2}}"#),
        &format!(r#"|\b(?:19|20)\d{{2}}\s*(?:ж\.?|жыл\p{{L}}*|года?)\s*(?:рождения,?\s*)?[«"“]?\d{{1,2}}[»"”]?(?:-?шы|-?ші)?\s+{MONTH}\p{{L}}*(?:\s(?:да|де|та|те)\b)?"#),
        &format!(r"|\b{words}{MONTH}\p{{L}}*\s+(?:(?:19|20)\d{{2}}\b|(?:\p{{Ll}}+\s+){{2,6}}?года\b)"),
        r"|\b(?:19|20)\d{2}\b",
        // "2О16ж.т.", glued by a scan
        r"|\b[12][\d9ОO][\dОOlЗзб]{2}",
    ]
    .concat())
});
/// What says behind a date that somebody was born then.
pub(super) static BORN_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^[»)]?\s*(?:(?:г\.?|года?|год|ж\.?|жыл\p{L}*)\s*)?(?:рожд\p{L}*|т\.\s?\)|т\.[,;]|т\.т|туған|туылған|дүниеге келген|туган)|^[ »)]{0,2}(?:г\.?|года?|год|ж\.?)\s?(?:р|т)\b",
    )
});
/// The same before it, a few words between.
pub(super) static BORN_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:\bрод\.|\bродил\p{L}*|\bродивш\p{L}*|\bрожд\p{L}*\.?|\bд\.\s?р\.?|туған\s+(?:күні|жылы)\p{L}*|туылған)[^.;!?\n0-9]{0,50}$|(?:\bрод\.|\bрожд\.|\bд\.\s?р\.?)\s*:?\s*$",
    )
});
/// The word for a year that stands behind a date and is replaced with it.
pub(super) static YEAR_WORD: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\s?(?:года\b|год\b|г\.(?:\s|,|$)|г\b|жылы\b|жылғы\b|ж\.(?:\s|т[уы]|,|$))"));
/// What stands before a place of birth.
pub(super) static NATIVE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\b(?:урожен(?:ец|к[аиуе]|кой|ц[ауе]м?|цем)|урож\.|ур\.|место\s+рождения|м\.\s?р\.|туған\s+жері|туылған\s+жері)[\s:–—.|_-]*",
    )
});
/// «родился 12 мая 1980 года в», «родившейся … в»
pub(super) static BORN_IN: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)\b(?:родил|родивш|рожд|род\.)\p{L}*[^;!?\n]{0,60}?\sв\s+"));
/// Words that a part of a place begins with, in small letters.
pub(super) static PLACE_PART: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:г|r|гор|город\p{L}*|с|сел\p{L}*|п|пос|посел\p{L}*|посёл\p{L}*|пгт|станци\p{L}*|аул\p{L}*|ауыл\p{L}*|а|обл|област\p{L}*|р-н\p{L}*|район\p{L}*|край|кра[яею]|респ|республик\p{L}*|уезд\p{L}*|штат\p{L}*|провинци\p{L}*|дер|деревн\p{L}*|хутор\p{L}*|кишлак\p{L}*|ул|улиц\p{L}*|пр|пр-т|просп\p{L}*|пер|переул\p{L}*|мкр|мкрн|микрорайон\p{L}*|дом\p{L}*|д|кв|квартир\p{L}*|корп\p{L}*|к|н|оф|офис\p{L}*|комн\p{L}*|ком|блок|стр|под|подъезд\p{L}*|этаж|уч|участ\p{L}*|ш|шоссе|б-р|бульвар\p{L}*|проезд\p{L}*|тупик\p{L}*|қ|ауд|үй|пәтер)\b\.?",
    )
});
/// What tells that a part of an address is one.
pub(super) static HOUSE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?i)\b\d{1,4}(?:[/-]\d{1,4})?\s?(?:«\p{L}»|\p{L}\b)?\s?-?\s?(?:үй|уй|пәтер|патер|пәт)\p{L}{0,5}\b|\b(?:д|дом|кв|квартира|квартир[ыуе]|кв-ра|участ(?:ок|ка|ке|ку|ком|ки|ках)|уч)\.?\s?№?\s?\d{1,4}\b(?:\s?[«"]?[а-зa-h][»"]?(?:[\s,.;)]|$))?|\b(?:ул|улиц\p{L}{1,2}|пр|пр-т|пр-кт|проспект\p{L}?|пер|переулок|переулк\p{L}|мкр|мкр-н|микрорайон\p{L}?|бульвар|б-р|проезд)\b\.?\s*[\p{Lu}«"\d][^,;()\n]{1,40}?,?\s*(?:д(?:ом)?\.?\s*)?\d{1,4}(?:\s?[-/–]\s?\d{1,4})*(?:\s?[«"]\p{L}[»"])?|\p{Lu}[\p{L}-]+\s+(?:көшесі|көш\.|к-сі|даңғылы|шағын ауданы|ықшам ауданы)[^;()\n]{0,6}\d{1,4}(?:\s?-?\s?(?:үй|уй)\p{L}{0,5}\b)?"#,
    )
});
/// A garage, a plot, a summer house by the society that it belongs to: «гараж № 12 в ПГК «Спутник»».
pub(super) static SOCIETY: LazyLock<Regex> = LazyLock::new(|| {
    let kind = r"(?:с/т|с/о|СТ|ГК|ПГК|ГСК|ПСК|ПКСТ|ПК|садов\p{L}+(?:\s+\p{L}+)?\s+(?:товариществ\p{L}+|обществ\p{L}+|массив\p{L}*)|садоводческ\p{L}+(?:\s+\p{L}+)?\s+(?:товариществ\p{L}+|обществ\p{L}+|кооператив\p{L}*)|дачн\p{L}+\s+(?:кооператив\p{L}*|массив\p{L}*|обществ\p{L}+|пос[её]л\p{L}+)|гаражн\p{L}+(?:-\p{L}+)?\s+(?:кооператив\p{L}*|обществ\p{L}*)|бау-бақша\s+(?:серіктестіг|қоғам)\p{L}*|гараж\s+кооператив\p{L}*)";
    let piece = r"(?:участ\p{L}{2,4}|уч\.|гараж\p{L}*|бокс\p{L}*|мест[оаеу]|дач\p{L}{1,3}|телім\p{L}*)";
    regex(&format!(
        r#"(?i)(?:\b{piece}\s*№?\s*\d{{1,4}}\p{{L}}?\s+(?:(?:в|на\s+территории)\s+)?)?\b{kind}\s+[«"“][^»"”\n]{{2,40}}[»"”](?:,?\s*(?:{piece}|ул\p{{L}}*\.?\s+\p{{L}}+,?(?:\s*дом|\s*д\.)?|дом|д\.|лини\p{{L}}+)\s*№?\s*\d{{1,4}}\p{{L}}?)+|\b{piece}\s*№?\s*\d{{1,4}}\p{{L}}?\s+(?:(?:в|на\s+территории)\s+)?{kind}\s+[«"“][^»"”\n]{{2,40}}[»"”]"#
    ))
});
/// Further numbers of plots and flats: «на участках № 42 и № 46».
pub(super) static AND_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^(?:(?:\s+и|\s+мен|\s+және)\s+(?:№\s?)?|,\s+№\s?)\d{1,4}\b"));
/// A town before a street that a preposition joins: «поселке Балыкши по ».
pub(super) static TOWN_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(?:г|гор|город|с|сел|п|пос|посел|посёл|а|аул|ауыл)\p{L}{0,3}\.?\s?\p{Lu}[\p{L}-]+,?\s(?:по|на)\s$",
    )
});
/// An address as it is written in other countries: «Bielefeld, Detmolder Str. 71».
pub(super) static FOREIGN: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:\b[A-ZÄÖÜÇŞİ][\p{L}-]+,\s*){0,3}(?:\b\d{1,5}\s)?\b[A-ZÄÖÜÇŞİ][\p{Latin}-]+(?:\s[A-ZÄÖÜÇŞİ][\p{Latin}-]+)?\s(?:Str(?:\.|aße|asse|eet)|St\.|Ave(?:nue|\.)|R(?:oa)?d\.|Sok(?:ak|ağı|\.)|Cad(?:desi|\.)|Mah(?:allesi|\.)|Blvd\.|Platz|Weg)(?:,?\s?(?:No[.:]?\s?)?\d{1,4}\p{Latin}?)?(?:,\s*(?:\d{4,6}\s)?[A-ZÄÖÜÇŞİ][\p{Latin}-]+){0,3}|\b[A-ZÄÖÜ]\p{Latin}+(?:stra(?:ß|ss)e|weg|platz)\s\d{1,4}\p{Latin}?(?:,\s*(?:\d{4,6}\s)?[A-ZÄÖÜ][\p{Latin}-]+){0,3}",
    )
});
/// The number of an account behind a word for it.
pub(super) static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:\bсч[её]т\p{L}{0,3}|есепшот\p{L}*|\bшот\p{L}{0,6}|\bр/с|\bл/с|\bдепозит\p{L}*)[\s:–-]*(?:N[oо]?\.?\s?)?((?:№\s?)?(?:\d(?:[ -]?\d){7,24}|\d{2,10}(?:[-/](?:KZT|USD|EUR|RUB|\d{2,10})){1,4}|(?:KZT|USD|EUR|RUB)-?\d{5,12}))\b",
    )
});
/// Years of birth in brackets behind names: «Темирлан и Айлин (2009 и 2014)».
pub(super) static YEARS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\((?:19|20)\d{2}(?:\s*(?:,|и|және|мен)\s*(?:19|20)\d{2})*(?:\s*(?:годов|года|гг?|жылғы|жж?)\.{0,2}(?:\s?(?:рождения|туған|[рт])\.?)?)?\)",
    )
});
/// A street that is numbered: «по 4-й Приречной, 12».
pub(super) static NUMBERED_STREET: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(?:по|на|ул\.|улице)\s+(\d{1,2}-?(?:й|я|ой|ая|го)\s+\p{Lu}\p{Ll}+(?:ой|ая|ий|ый|ом|ова|ева|ина),?\s*(?:д\.\s?|дом\s)?\d{1,4}(?:\s?[-/]\s?\d{1,4})?)",
    )
});
/// A place that somebody lives in without a number of a house: «жителя с. Коктал», «Құсмұрын кентінің тұрғыны».
pub(super) static DWELLS: LazyLock<Regex> = LazyLock::new(|| {
    let part = r"(?:\p{Lu}[\p{L}-]+(?:\s\p{L}+)?\s(?:облыс|аудан|қала|ауыл|кент|село)\p{L}*,?\s*)";
    regex(&format!(
        r"((?:{part})+)(?:тұрғын(?:ы|ымын|ынан|ына|ының)\b|тұра(?:ды|тын|мын)\b|тұрып\s+жат)|\b(?:жител(?:ь|я|ю|ем|ьница|ьницы|ьнице|ьницу|ьницей)|прожива(?:ющ\p{{L}}+|ет|л|ла))\s+(?:в\s+|по\s+адресу:?\s+)?((?:(?:с|а|п|пос|аул|ауыл|сел|пос[её]л)\p{{L}}{{0,4}}\.?\s+\p{{Lu}}|Герман|Росси|Узбекистан|Кита|Турци|Израил|Канад|Польш|Белорус|Беларус|Украин|США)[\p{{L}}-]*(?:\s(?:\p{{L}}+ой|\p{{L}}+ого)\s(?:обл\p{{L}}*\.?|р-на|район\p{{L}}*))?(?:,\s(?:г|гор|с|пос)\.?\s?\p{{Lu}}[\p{{L}}-]+|,\s\p{{Lu}}[\p{{L}}-]+(?:\s(?:район\p{{L}}*|р-н\p{{L}}*|области|обл\.|округ\p{{L}}*))?)*)"
    ))
});
/// What may follow a found address and belongs to it.
pub(super) static MORE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?i)^(?:/[lІi|]\b|\s?[«"]\p{L}[»"]|\s?\p{L}\b(?:,|;|\)|\n|$)|\s?,\s*(?:д\.?\s?)?\d{1,4}\p{L}?(?:[-/]\d{1,3}\p{L}?)?(?:\s?[,;)>]|$)|,?\s*(?:кв|квартира|оф|офис|корп|корпус|н\.\s?п|комната|комн|ком|бөлме|блок|секция|под|подъезд|этаж|литер|гараж|бокс|кладовая|паркинг|парковочное место|машиноместо|машино-место)\b\.?\s*№?\s*[\d«]\d*\s?[»]?\p{L}?\b|\s?\((?:общежитие|общ\.|жатақхана|частный дом)\)|,?\s*\d{1,4}[- ]?(?:үй|пәтер|патер)\p{L}*|\s?[-/–]\s?\d{1,4}\b)"#,
    )
});
/// What stands before an address of a person.
pub(super) static LIVES: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:\bпрожив\p{L}*|\bпрож\.|\bзарегистрир\p{L}*|\bзарег\.|\bместо жительства|\bадрес\p{L}*|\bжив[её]т\b|\bжител\p{L}+|\bместо проживания|\bмекенжай\p{L}*|тұрғылықты жері|приед\p{L}+ на|домой на)[^.;\n\d]{0,30}?[:\s–—-]\s*",
    )
});
/// A number, in digits or in words.
pub(super) static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\d|\b(?:сто|двести|триста|десять|двадцать|тридцать|сорок|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяносто)\b|надцать\b",
    )
});
/// Kinds of documents.
pub(super) static DOCUMENT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:паспорт\p{L}*|удостов\p{L}*\.?|уд\.?\s?л(?:ич)?\.?|вид\p{L}*\s+на\s+жительство|внж|свидетельств\p{L}*\s+о\s+рожд\p{L}*|военн\p{L}+ билет\p{L}*|водит\p{L}* уд\p{L}*|\bв/у\b|загранпаспорт\p{L}*|куәлі[кг]\p{L}*|төлқұжат\p{L}*|туу туралы)",
    )
});
/// The number of one.
pub(super) static DOCUMENT_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:(?:сери\p{L}+|серия)\s*)?(?:\b[A-ZА-ЯІ]{1,3}(?:-\d{1,2}|-[А-Я]{2})?[\s-]{0,2})?(?:№|N(?:[°º]|[eоo]?\b)|#)?\s?\b(?:[A-Z]{0,2}\d{2,4}(?:[ -]\d{2,4}){1,4}|[A-Z]{0,3}\d{5,12}|[A-Z0-9]{2,}\d[A-Z0-9]*(?:\s[A-Z0-9]*\d[A-Z0-9]*)?)\b",
    )
});
/// Words behind which a number is of a paper of the case.
pub(super) static PAPER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:дел[оауе]\b|договор|контракт|протокол|акт[ауеом]*\b|решени|постановлени|определени|заключени|приговор|стать|\bст\.|на сумму|в размере|кошел|приказ|үкім|шарт|хаттама|\bот\s*$|выдан)",
    )
});
pub(super) static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:\+7|\b8)[\s(-]{0,2}7\d{2}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}\b|\b7[ -]?7\d{2}[ -]\d{3}[ -]\d{2}[ -]?\d{2}\b|\b(?:тел|моб|номер|контакт|нөмір|WhatsApp|Ватсап)\p{L}*[.:\s№]*\b7?7[01467]\d[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}\b|\+\d{1,3}[\s(-]\d[\d\s()-]{6,15}\d\b",
    )
});
pub(super) static VIN: LazyLock<Regex> = LazyLock::new(|| regex(r"\b[A-HJ-NPR-Z0-9]{17}\b"));
pub(super) static CADASTRAL: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\b\d{2}[:-]\d{3}[:-]\d{3}[:-]\d{1,5}(?:[:/-][\p{L}\d]{1,6})*"));
pub(super) static PLATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b\d{3}\s?[A-ZАВЕКМНОРСТУХ]{2,3}\s?\d{2}\b|\b[A-ZАВЕКМНОРСТУХ]\s?\d{3}\s?[A-ZАВЕКМНОРСТУХ]{2,3}(?:\s?\d{2})?\b",
    )
});

/// What a citizen is called before the day of birth: «Түркия азаматы, 3 Ekim 1984».
pub(super) static CITIZEN: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:азамат\p{L}*|граждан\p{L}+(?:\s\p{L}+){1,3}|гр-\p{L}+(?:\s\p{L}+){1,2}|подданн\p{L}+(?:\s\p{L}+)?)[,;]\s*$",
    )
});
/// The title of a column of days of birth.
pub(super) static BORN_TITLE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)дата\s+рожд|год\s+рожд|день\s+рожд|\bд\.?\s?р\.?(?:\s|$)|г\.\s?р\.|туған\s+(?:күні|жылы)|туылған|т\.\s?к\.|т\.\s?ж\.|ж\.\s?т\.",
    )
});
/// What may stand between a day of birth and the place.
pub(super) static BORN_THEN: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^\s?(?:года?|г\.?|ж\.?|жыл\p{L}*)?\s?(?:рожд\p{L}*|р\.?|т\.?|туған|туылған)?(?:\s?[,;|]|\s(?:в|во)\b)\s*",
    )
});
/// What the parts of a place are called.
pub(super) static PLACE_WORD: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)облыс|област|\bобл\.|аудан|ауыл|қала|\bқ\.|кент|республик|\bресп\.|\bгород|\bг\.\s?\p{Lu}|\bсел[оае]\b|\bс\.\s?\p{Lu}|район|р-н|провинци|уәлаят|велаят|вилоят|штат\b|\bкрай|өлке|губерн|\p{L}{3,}стан(?:\b|ның|да\b|а\b|е\b)|\b(?:[А-Я]?ССР|КСР|СССР|ҚХР|КНР)\b|Ресей|Росси|Түрки|Турци|Қытай|Кита[йяе]|Герман|Украин|Беларус|Грузи|Армени|Әзербайжан|Азербайджан|Моңғол|Монгол|Коре[яюией]|Иран",
    )
});
/// What a number of a vehicle stands behind.
pub(super) static PLATE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:\bг/н|\bг\.\s?н\.|\bг\.?\s?р\.?\s?з\.?|\bгос(?:ударственн\p{L}*|\.)?\s*(?:рег(?:истрационн\p{L}*|\.)?\s*)?(?:номер\p{L}*|знак\p{L}*)|\bгосномер\p{L}*|\bномер\p{L}*\s+(?:временн\p{L}+|транзитн\p{L}+)|\b(?:временн|транзитн)\p{L}+\s+номер\p{L}*|\bмем(?:лекеттік|л?\.)?\s*(?:тіркеу\s+)?нөмір\p{L}*|\bм/н|\bМТН|нөмірлі\s+белгі\p{L}*)[ :№–—-]{0,4}",
    )
});
/// The number itself.
pub(super) static PLATE_ANY: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[«]?(?:[A-ZА-ЯӘІҢҒҮҰҚӨҺ]{1,3}[ -]?)?\d{1,6}(?:[ -]?[A-ZА-ЯӘІҢҒҮҰҚӨҺ]{1,3}\b)?(?:[ -]?\d{2,6})?\b",
    )
});
pub(super) static VEHICLE: LazyLock<Regex> = LazyLock::new(|| regex(r"\b[A-ZА-Я]{2}\s?(?:№\s?)?\d{8}\b"));
pub(super) static CARD: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b\d{4}([ -])\d{4}[ -]\d{4}[ -]\d{4}\b|\b[2-6]\d{15}\b|\b\d{4}[ -]?\d{2}[\dXxХх*•]{2}[ -]?[XxХх*•]{4}[ -]?\d{4}\b",
    )
});
pub(super) static IBAN: LazyLock<Regex> = LazyLock::new(|| regex(r"\bKZ\s?\d{2}(?:\s?[A-ZА-Яа-я0-9]){16}\b"));
pub(super) static IIN: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\b\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\s?[0-6]\d{5}\b"));
/// A part of an address that opens with a number: «12 көше», «4 ықшам аудан», «3-й переулок».
pub(super) static STREET_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^(?:№\s?)?\d{1,3}[а-яa-z]?(?:-?(?:й|я|е|го|ші|шы))?[ -]{0,2}(?:көше|м/а|ш/а|мкр|мөлтек|ықшам|шағын|микрорайон|линия|квартал|кв-л|орам|ауыл|разъезд|тұйық|переул|пер\b|улиц|ул\b|проезд|жолдас|бөлімше|үй\b)",
    )
});
/// The number of an act of land, of a certificate of a vehicle: told by the words before it.
pub(super) static LAND_ACT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:\bгос\.?\s?акт\p{L}*|\bгосударственн\p{L}+\s+акт\p{L}*|\bакт\p{L}*\s+(?:на\s+(?:прав\p{L}+|земл\p{L}+))|мемлекеттік\s+акт\p{L}*|\bправоустанавливающ\p{L}+\s+документ\p{L}*|\bтехнич\p{L}*\s+паспорт\p{L}*\s+(?:на\s+)?(?:квартир|дом|жил)\p{L}*)[^.;\n\d]{0,60}?((?:сери\p{L}+\s+)?№?\s?\d[\d-]{4,14}(?:/\d+)?)",
    )
});
pub(super) static VEHICLE_PAPER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:\bКТК|\bТҚК|\bСРТС|\bСТС|\bПТС|\bсв-в\p{L}*|\bтех\.?\s?паспорт\p{L}*|\bтехническ\p{L}+\s+паспорт\p{L}*|\bсвидетельств\p{L}+\s+о\s+(?:гос\p{L}*\.?\s+)?регистрации|тіркеу\s+(?:туралы\s+)?куәлі[кг]\p{L}*)[^.;\n\d]{0,24}?[\s:№N(-]*?(\b[A-ZА-ЯІ]{2}\s?(?:№\s?)?[\dОOЗБlІ]{2,8}(?:\s?[\dОOЗБlІ]{2,6}){0,3})",
    )
});
/// What stands behind a sum.
pub(super) static MONEY: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^\s?(?:,\d\d\s?)?(?:\((?:\p{L}+\s){0,5}(?:тысяч|миллион|мың|жүз)|теңге|тенге|тг\b|тнг|млн|мың\b|тыс|руб|доллар|₸|\$|сом\b|айлық|мрп|аек)",
    )
});
/// What may stand between two pieces of one address.
pub(super) static ADDRESS_GAP: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^,?\s?(?:\p{L}[\p{L}.-]*[ ,]{0,2}){0,4}\s?$"));
/// A citizen of another country.
pub(super) static CITIZEN_OF: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i:граждан(?:ин|ка|ина|ки|ке|ину|ином|кой|е|ами|)|подданн\p{L}{2,3})\s+((?:(?i:республик)\p{L}+\s+|(?i:народн)\p{L}+\s+)*(?:Узбекистан\p{L}*|Кыргызстан\p{L}*|Киргизи\p{L}*|Таджикистан\p{L}*|Туркменистан\p{L}*|Росси\p{L}*|РФ|РУз|КР|КНР|Кита\p{L}*|Турци\p{L}*|Украин\p{L}*|Беларус\p{L}*|Германи\p{L}*|Азербайджан\p{L}*|Армени\p{L}*|Грузи\p{L}*|Инди\p{L}*|Пакистан\p{L}*|Афганистан\p{L}*|Монголи\p{L}*|Вьетнам\p{L}*|Коре\p{L}*|Польши|Ирана|Сирии)(?:\s+Федераци\p{L}*)?)|(Ресей|Өзбекстан|Қырғызстан|Тәжікстан|Түрікменстан|Қытай|Түркия|Украина|Беларусь|Германия|Әзербайжан|Моңғолия|Ауғанстан|Үндістан|Корея)(?:\s+\p{Lu}\p{L}+){0,2}\s+азамат",
    )
});
/// «у матери на Шолохова 12»: a street by the name of a person, in the genitive, and a number.
pub(super) static STREET_BARE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(?:на|по|угол|перекр[её]ст\p{L}*)\s+(\p{Lu}\p{Ll}{2,}(?:ова|ева|ёва|ина|ского|цкого|ого|ая|ской)\s+\d{1,4}(?:\s?[-/]\s?\d{1,4})?(?:\s?[«\x22]?[а-е][»\x22]?)?(?:,?\s*(?:кв|д|дом)\.?\s*\d{1,4})?)(?:[\s,.;)]|$)",
    )
});
