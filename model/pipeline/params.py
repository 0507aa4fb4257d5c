"""The pipeline's parameters as one value, and the fingerprint that ties a model to them."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

from model.pipeline.focus import FocusParams
from model.pipeline.glyphs import GlyphParams
from model.pipeline.image import ImageParams
from model.pipeline.ink import InkParams
from model.pipeline.lines import LineParams
from model.pipeline.normalise import NormaliseParams
from model.pipeline.surroundings import SurroundingsParams
from model.pipeline.within import WithinParams

VERSION = 1  # raise it when code, not only a parameter, changes what a stage yields


@dataclass(frozen=True, slots=True)
class PipelineParams:
    """Every parameter of every stage before the network."""

    image: ImageParams = field(default_factory=ImageParams)
    surroundings: SurroundingsParams = field(default_factory=SurroundingsParams)
    within: WithinParams = field(default_factory=WithinParams)
    focus: FocusParams = field(default_factory=FocusParams)
    ink: InkParams = field(default_factory=InkParams)
    glyphs: GlyphParams = field(default_factory=GlyphParams)
    lines: LineParams = field(default_factory=LineParams)
    normalise: NormaliseParams = field(default_factory=NormaliseParams)


DEFAULT = PipelineParams()


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Identifies a pipeline, in two halves.

    `shape` covers stage 4, which makes the pictures a network is trained on: weights are worthless
    under another. `search` covers the stages that find the ink: the weights stay good under
    another, but calibration and measured figures do not, so the model is exported anew.
    """

    shape: str
    search: str

    def __str__(self) -> str:
        return f"v{VERSION}:{self.shape}+{self.search}"


def fingerprint(params: PipelineParams = DEFAULT) -> Fingerprint:
    """Hash the pipeline's version and parameters."""
    search = asdict(params)
    shape = search.pop("normalise")
    return Fingerprint(_hash(shape), _hash(*search.values()))


def _hash(*parts: dict[str, object]) -> str:
    text = json.dumps([VERSION, *parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]
