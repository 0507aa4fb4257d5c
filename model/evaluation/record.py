"""An evaluation's figures as JSON, for programs."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from model.evaluation.answer import Answer
from model.evaluation.compare import Change, Comparison
from model.evaluation.evaluation import Answered, Evaluation
from model.evaluation.figures import Figures
from model.evaluation.gallery import mistakes
from model.evaluation.statistics import Roc, Share


def as_json(measured: Evaluation, comparison: Comparison | None = None) -> str:
    """Write the figures that the page shows."""
    written: dict[str, Any] = {
        "model": measured.card.version,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "sets": [_set_object(part) for part in measured.sets],
        "rejection": _roc_object(measured.rejection),
        "damages": [
            asdict(d) | {"right": [_share_object(s) for s in d.right]} for d in measured.damages
        ],
    }
    if comparison is not None:
        written["comparison"] = {
            "before": comparison.before.card.version,
            "after": comparison.after.card.version,
            "sets": [
                {
                    "name": part.name,
                    "before": _counts_object(part.before),
                    "after": _counts_object(part.after),
                    "p": part.p,
                    "verdict": part.verdict,
                    "newly_right": [_change_object(c) for c in part.newly_right],
                    "newly_wrong": [_change_object(c) for c in part.newly_wrong],
                }
                for part in comparison.sets
            ],
        }
    return json.dumps(written, indent=1, ensure_ascii=False) + "\n"


def _set_object(part: Answered) -> dict[str, Any]:
    f = part.figures
    return {
        "name": f.name,
        "enters": "as ink, at stage 4" if part.is_of_glyphs else "as files",
        **_counts_object(f),
        "bands": [
            {"from": b.low, "to": b.high, "claimed": b.claimed, "right": _share_object(b.right)}
            for b in f.bands
            if b.right.total
        ],
        "confusion": f.confusion.tolist(),
        "mistakes": [_answer_object(a) for a in mistakes(part.answers)],
        "unreadable": [{"name": a.name, "why": a.unreadable} for a in part.unreadable],
    }


def _counts_object(f: Figures) -> dict[str, Any]:
    return {
        "right": _share_object(f.right),
        "digits": _share_object(f.digits),
        "numbers": _share_object(f.numbers),
        "refused": _share_object(f.refused),
        "accepted": _share_object(f.accepted),
        "ece": f.ece,
    }


def _share_object(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {"count": share.count, "of": share.total, "low": low, "high": high}


def _answer_object(answer: Answer) -> dict[str, Any]:
    return {
        "name": answer.name,
        "label": answer.label,
        "answer": answer.number,
        "refused": answer.refused,
        "confidence": answer.confidence,
        "score": answer.score,
    }


def _change_object(change: Change) -> dict[str, Any]:
    return {
        "name": change.after.name,
        "label": change.after.label,
        "before": change.before.number,
        "after": change.after.number,
    }


def _roc_object(curve: Roc | None) -> dict[str, Any] | None:
    if curve is None:
        return None
    return {
        "area": curve.area,
        "digits": curve.positives,
        "others": curve.negatives,
        "others_accepted_when_digits_read": {f"{y:g}": x for y, x in curve.offers()},
    }
