"""Runs: apply a list of stages to a table, to draws of weights and data, or to a table for many methodologies."""

from indicia.run.all_units import methods_needing_all_units
from indicia.run.bands import (
    PreparedData,
    accept_partition,
    band_names,
    classify,
    count_bands,
    figures_of,
    label_bands,
    low_bands_are_best,
    numbers_by_limits,
    numbers_by_places,
    numbers_of_bands,
    prepare_data,
    prepare_partition,
)
from indicia.run.cell_attributes import CellAttributes, attribute_columns
from indicia.run.draws import (
    ROWS_PER_BATCH,
    Draws,
    DrawsOfTree,
    draws_per_batch,
    effective_weights,
    is_linear,
    rescore_subsets,
    score_draws,
    score_draws_of_trees,
    score_subsets,
    share_queries,
    tree_is_linear,
)
from indicia.run.notes import computed_notes, ends_of_ranks, notes_on_omissions, notes_on_other_weights
from indicia.run.probes import (
    Probes,
    moves_all_scores,
    normalise_probes,
    normalise_with,
    score_probes,
    score_row,
    shared_indicators,
)
from indicia.run.score import BYTES_PER_SCORE, StageCache, score, score_all, score_partition, score_trees
from indicia.run.scored import IMPUTED_SHARE, ImputedValues, Scored, fills_gaps, find_imputed, weights
