"""A FreqAI model of people's own, as --freqaimodel names one: a straight line through features."""

from __future__ import annotations

from typing import Any

from freqtrade.freqai.base_models.BaseRegressionModel import BaseRegressionModel
from sklearn.linear_model import Ridge


class StraightLine(BaseRegressionModel):
    def fit(self, data_dictionary: dict, dk: Any, **kwargs: Any) -> Any:
        return Ridge().fit(data_dictionary["train_features"], data_dictionary["train_labels"])
