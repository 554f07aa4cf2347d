"""Makes testdata/tables/: an invented register of patients with hierarchies. Nobody in it exists."""
import pathlib

OUT = pathlib.Path(__file__).resolve().parent.parent / "tables"
CITIES = {
    "Алматы": ("город Алматы", "юг"), "Талгар": ("Алматинская область", "юг"), "Тараз": ("Жамбылская область", "юг"),
    "Астана": ("город Астана", "север"), "Кокшетау": ("Акмолинская область", "север"), "Костанай": ("Костанайская область", "север"),
    "Караганда": ("Карагандинская область", "центр"), "Темиртау": ("Карагандинская область", "центр"),
    "Актау": ("Мангистауская область", "запад"), "Атырау": ("Атырауская область", "запад"),
}
WEIGHTS = [30, 4, 8, 22, 5, 7, 12, 6, 3, 3]
EDUCATION = {"среднее": "школа", "основное": "школа", "колледж": "профессия", "бакалавр": "вуз", "магистр": "вуз"}
DIAGNOSES = {"J06": "дыхание", "J45": "дыхание", "K25": "пищеварение", "K29": "пищеварение", "I10": "кровообращение", "E11": "обмен"}


class Numbers:
    """A linear congruential generator: the same file on every machine."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n

    def of(self, items, weights=None):
        items = list(items)
        if weights is None:
            return items[self.below(len(items))]
        at = self.below(sum(weights))
        for item, weight in zip(items, weights):
            if at < weight:
                return item
            at -= weight


def main():
    numbers = Numbers(20261122)
    OUT.mkdir(exist_ok=True)
    rows = ["номер;пол;возраст;город;образование;диагноз"]
    for i in range(600):
        age = 18 + (numbers.below(45) + numbers.below(30))
        blank = numbers.below(60) == 0
        rows.append(";".join([
            f"P{i:04}", numbers.of("мж"), str(age), "" if blank else numbers.of(CITIES, WEIGHTS),
            numbers.of(EDUCATION, [30, 5, 25, 30, 10]), numbers.of(DIAGNOSES, [30, 10, 15, 10, 25, 10]),
        ]))
    (OUT / "patients.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    tree = lambda d: "\n".join(";".join([k, *([v] if isinstance(v, str) else v), "*"]) for k, v in d.items()) + "\n"
    (OUT / "city.csv").write_text(tree(CITIES), encoding="utf-8")
    (OUT / "education.csv").write_text(tree(EDUCATION), encoding="utf-8")
    (OUT / "diagnosis.csv").write_text(tree(DIAGNOSES), encoding="utf-8")
    ages = (f"{a};{a // 5 * 5}-{a // 5 * 5 + 4};{a // 10 * 10}-{a // 10 * 10 + 9};{a // 20 * 20}-{a // 20 * 20 + 19};*" for a in range(120))
    (OUT / "age.csv").write_text("\n".join(ages) + "\n", encoding="utf-8")


main()
