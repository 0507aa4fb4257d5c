"""The page and the JSON: all that was measured, nothing from elsewhere, nothing unescaped."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from model.card import model_card
from model.drawing.charts import Curve, learning_curves
from model.evaluation.answer import Answer
from model.evaluation.compare import side_by_side
from model.evaluation.evaluation import Answered, Damage, Evaluation
from model.evaluation.gallery import changed_answers, difference, mistakes, worst_mistakes
from model.evaluation.record import as_json
from model.evaluation.report import as_page
from model.evaluation.statistics import Share
from tests.model.answers import answer
from tests.model.pictures import encode, page


class Links(HTMLParser):
    """What a page would fetch, and which elements are still open."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [v or "" for k, v in attrs if k in ("src", "href", "srcset")]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [v or "" for k, v in attrs if k in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "seven.png"
    path.write_bytes(encode(page(7)))
    return path


def evaluation(photo: Path, number: str = "1", name: str = "<i>set</i>") -> Evaluation:
    said = answer("7", number)
    bars = Answer("#0", "1", "7", said.claims, False, 0.9, np.zeros((28, 28), np.uint8))
    shown = Answer(photo.name, "7", number, said.claims, not number, 0.9, photo)
    gone = Answer("gone.jpg", "12|34", "12", answer("12", "12").claims, picture=photo.parent / "no")
    refused = Answer("none.png", "", "", refused=True)
    sets = (Answered(name, (shown, gone, refused)), Answered("small", (bars,)))
    damage = Damage("dark", name, ("none", "30%"), (Share(2, 3), Share(1, 3)))
    return Evaluation(model_card(), sets, (damage,))


def test_a_page_needs_nothing_but_itself(photo: Path) -> None:
    measured = evaluation(photo)
    chart = learning_curves("loss & more", [Curve("loss", ((1, 1), (2, 0.5)))])
    html = as_page(measured, side_by_side(evaluation(photo, "7"), measured), [chart]).decode()
    links = Links()
    links.feed(html)
    assert links.open == []
    assert links.links
    assert all(link.startswith(("data:image/", "#")) for link in links.links)
    assert not re.search(r"<script|@import|url\(", html)
    assert "prefers-color-scheme: dark" in html


def test_names_of_files_and_sets_are_escaped(photo: Path) -> None:
    html = as_page(evaluation(photo)).decode()
    assert "<i>set" not in html
    assert "&lt;i&gt;set" in html


def test_a_page_shows_mistakes_rejection_damage_and_changes(photo: Path) -> None:
    measured = evaluation(photo)
    alone = as_page(measured).decode()
    for text in ("7 → 1", "12|34 → 12", "seven.png", "Digit or none?", "dark", "not as wrong"):
        assert text in alone
    assert "Newly wrong" not in alone
    assert (
        "Newly wrong" in as_page(measured, side_by_side(evaluation(photo, "7"), measured)).decode()
    )


def test_a_set_without_mistakes_says_so() -> None:
    measured = Evaluation(model_card(), (Answered("set", (answer("7", "7"),)),))
    html = as_page(measured).decode()
    assert "No mistakes" in html
    assert "Digit or none?" not in html, "there was nothing to refuse"


def test_json_has_what_the_page_shows(photo: Path) -> None:
    measured = evaluation(photo)
    written = json.loads(as_json(measured, side_by_side(evaluation(photo, "7"), measured)))
    photos, small = written["sets"]
    assert photos["enters"] == "as files"
    assert small["enters"].startswith("as ink")
    assert (photos["right"]["count"], photos["right"]["of"]) == (1, 3)
    assert (photos["digits"]["count"], photos["digits"]["of"]) == (2, 5)
    assert [m["name"] for m in photos["mistakes"]] == ["seven.png", "gone.jpg"]
    assert written["damages"][0]["right"][1]["count"] == 1
    (changed, _) = written["comparison"]["sets"]
    assert changed["before"]["right"]["count"] == 2
    assert changed["after"]["ece"] > changed["before"]["ece"]
    assert changed["newly_wrong"] == [
        {"name": "seven.png", "label": "7", "before": "7", "after": "1"}
    ]
    assert written["rejection"]["area"] == pytest.approx(0.75)


def test_of_rows_only_the_wrong_ones_are_told() -> None:
    assert difference("12|34|56", "12|35|6") == "row 2: 34 → 35, row 3: 56 → 6"
    assert difference("12|34", "1234") == "12|34 → 1234"
    assert difference("", "7") == "none → 7"


def test_the_most_confident_mistake_comes_first() -> None:
    answers = [answer("1", "7", 0.6), answer("1", "2", 0.9), answer("3", "3", 1.0), answer("4", "")]
    assert [a.number for a in mistakes(answers)] == ["2", "7", ""]


def test_sheets_show_losses_before_gains(photo: Path) -> None:
    before, after = evaluation(photo, "7"), evaluation(photo, "1")
    both = side_by_side(before, after)
    assert changed_answers(both).title.startswith("0 newly right, 1 newly wrong")
    assert changed_answers(side_by_side(after, before)).title.startswith("1 newly right, 0 newly")
    assert worst_mistakes(after.photos, "worst").h > 150
