// SPDX-License-Identifier: MIT
#pragma once

/// forecast: where may health go.
#include <trimtab/sensitivity.hpp>

#include <trimtab/forecast/band_cost.hpp>
#include <trimtab/forecast/band_economics.hpp>
#include <trimtab/forecast/band_exit.hpp>
#include <trimtab/forecast/band_occupation.hpp>
#include <trimtab/forecast/concept.hpp>
#include <trimtab/forecast/discrete_monitoring.hpp>
#include <trimtab/forecast/ewma.hpp>
#include <trimtab/forecast/first_passage.hpp>
#include <trimtab/forecast/first_passage_sensitivity.hpp>
#include <trimtab/forecast/forecast_score.hpp>
#include <trimtab/forecast/garch.hpp>
#include <trimtab/forecast/generalised_pareto.hpp>
#include <trimtab/forecast/har.hpp>
#include <trimtab/forecast/jump_test.hpp>
#include <trimtab/forecast/kou_first_passage.hpp>
#include <trimtab/forecast/kou_transform.hpp>
#include <trimtab/forecast/liquidation_loss.hpp>
#include <trimtab/forecast/merton_first_passage.hpp>
#include <trimtab/forecast/mixture.hpp>
#include <trimtab/forecast/motion.hpp>
#include <trimtab/forecast/opening.hpp>
#include <trimtab/forecast/price_bar.hpp>
#include <trimtab/forecast/qlike.hpp>
#include <trimtab/forecast/realised.hpp>
#include <trimtab/forecast/recursive_least_squares.hpp>
#include <trimtab/forecast/reduced_motion.hpp>
#include <trimtab/forecast/required_health.hpp>
