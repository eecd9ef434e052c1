"""The definition of an index: its indicators, its tree and its methodology."""

from typing import TYPE_CHECKING

from indicia.definition.build_tree import SharedParts, build_tree, catalogue_of_file, choose
from indicia.definition.checks import (
    check_group,
    check_language,
    check_raw_values,
    doubts,
    known_languages,
    languages_of,
    missing_publication_facts,
    unused_sources,
)
from indicia.definition.data_section import Data
from indicia.definition.frozen import FITTED_WEIGHTS, FittedWeights, Frozen
from indicia.definition.methodology_section import (
    OPTIONAL,
    STAGES,
    STATISTICS_STAGES,
    Eligible,
    Missing,
    Scope,
    Screening,
    StageScopes,
    StatisticsStage,
)
from indicia.definition.model import Definition, Reference
from indicia.definition.origin import Origin
from indicia.definition.parts_section import RANK, SCORE, Aggregate, Bands, GroupBounds, Indicator
from indicia.definition.read import define, explain_faults, indicators_of, load, read_toml, with_table
from indicia.definition.section import ROOT, text
from indicia.definition.tree import Direction, Leaf, Node, Part, Preparation, Weighing, tree_in_html, unit_of_measure
from indicia.definition.uses import (
    Use,
    columns_of_numbers,
    columns_of_rows,
    files_named,
    files_of_values,
    files_outside,
    judgement_files,
    text_columns,
    used_columns_of,
    uses_of,
)
from indicia.definition.variants import (
    check_names_in_tables,
    define_variant,
    origin_of_variant,
    with_choices,
    with_options,
)
from indicia.definition.weight_sets import weight_sets_in, weights_in_file, weights_of_set
from indicia.lazy import names_of

if TYPE_CHECKING:
    from indicia.definition.checks_section import Waiver
    from indicia.definition.publication_section import Map, Publication, Source
    from indicia.definition.robustness_section import Robustness
    from indicia.definition.schema import index_schema
else:
    __getattr__ = names_of(
        __name__,
        checks_section="Waiver",
        map_section="Map",
        publication_section="Publication Source",
        robustness_section="Robustness",
        schema="index_schema",
    )
