// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/core.h>

#include <trimtab/forecast_full.hpp>

#include "history.hpp"
#include <array>
#include <stdexcept>
#include <string>
#include <vector>

namespace judge {

using namespace trimtab;

/// A model that is shown returns only, as if nothing finer were known: what a forecaster of one's own looks like.
template <forecast::Forecaster F>
struct of_returns {
  F model;
  using state_type = typename F::state_type;
  [[nodiscard]] errc validate() const { return model.validate(); }
  [[nodiscard]] state_type step(const state_type& s, forecast::observation seen) const {
    seen.realised_variance = 0.0;
    return model.step(s, seen);
  }
  [[nodiscard]] double variance(const state_type& s, double years) const { return model.variance(s, years); }
};

/// Of each day, the variance that the mixture expects of the next 1, 7 and 30 days; NaN before it knows.
struct volatility_study {
  std::vector<std::array<double, 3>> expected;
};
inline constexpr std::array<std::size_t, 3> horizons{1, 7, 30};

/// Realised variance of the `n` days after day `k`; NaN where the history has a hole.
inline double realised_after(const history& h, std::size_t k, std::size_t n) {
  double sum = 0.0;
  for (std::size_t i = k + 1; i <= k + n; ++i) {
    if (i >= h.days.size() || !h.days[i].follows) return std::nan("");
    sum += h.days[i].seen.realised_variance;
  }
  return sum;
}

inline volatility_study judge_volatility(const history& h, std::int64_t from) {
  std::vector<double> returns;
  for (const auto& d : h.days)
    if (d.start < from) returns.push_back(d.seen.log_return);
  const auto fitted = [&](bool leverage) {
    const auto fit = forecast::fit_garch(returns, {.leverage = leverage});
    if (!fit) throw std::runtime_error(std::string("the GARCH fit says ") + name(fit.error()));
    fmt::print(
        "{:5} omega {:.3g} alpha {:.4f} ({:.4f}) leverage {:.4f} ({:.4f}) beta {:.4f} ({:.4f}), log-likelihood {:.2f}, "
        "gradient {:.1g}\n",
        leverage ? "GJR" : "GARCH", fit->model.omega, fit->model.alpha, fit->alpha_error, fit->model.leverage,
        fit->leverage_error, fit->model.beta, fit->beta_error, fit->log_likelihood, fit->gradient);
    return fit->model;
  };
  const of_returns<forecast::ewma> ewma_returns{};
  const forecast::ewma ewma{.decay = 0.8};
  const forecast::garch garch = fitted(false), gjr = fitted(true);
  const forecast::har har_log{}, har_level{.scale = forecast::har_scale::level};
  const forecast::mixture mixture(ewma_returns, ewma, garch, gjr, har_log, har_level);
  constexpr std::array names{"EWMA .94 of squared returns",
                             "EWMA .8 of realised variance",
                             "GARCH(1,1)",
                             "GJR-GARCH",
                             "HAR 1/7/30, logs",
                             "HAR 1/7/30, levels",
                             "mixture"};
  constexpr std::size_t models = names.size();

  volatility_study study;
  std::array<std::array<std::vector<double>, models>, horizons.size()> expected, losses;
  std::array<std::vector<double>, horizons.size()> realised;
  std::array<double, models - 1> weights{};
  auto state = decltype(mixture)::state_type{};
  for (std::size_t k = 0; k < h.days.size(); ++k) {
    state = mixture.step(state, h.days[k].seen);
    study.expected.push_back({});
    for (std::size_t i = 0; i < horizons.size(); ++i) {
      const double years = static_cast<double>(horizons[i]) / 365.0;
      std::array<double, models> now{};
      const auto parts = mixture.forecasts(state, years);
      std::copy(parts.begin(), parts.end(), now.begin());
      study.expected.back()[i] = now.back() = mixture.variance(state, years);
      const double then = realised_after(h, k, horizons[i]);
      if (h.days[k].start < from || !(then > 0.0)) continue;
      realised[i].push_back(then);
      for (std::size_t m = 0; m < models; ++m) {
        expected[i][m].push_back(now[m]);
        losses[i][m].push_back(forecast::qlike(then, now[m]));
      }
    }
    if (h.days[k].start >= from)
      for (std::size_t m = 0; m + 1 < models; ++m) weights[m] += mixture.weights(state)[m];
  }

  fmt::print("\n| model | mean weight |");
  for (const std::size_t n : horizons) fmt::print(" QLIKE {} d | MZ slope | R² |", n);
  fmt::print("\n|---|---|");
  for (std::size_t i = 0; i < horizons.size(); ++i) fmt::print("---|---|---|");
  const auto mean = [](const std::vector<double>& x) {
    double sum = 0.0;
    for (const double v : x) sum += v;
    return sum / static_cast<double>(x.size());
  };
  for (std::size_t m = 0; m < models; ++m) {
    fmt::print("\n| {} |", names[m]);
    if (m + 1 < models) {
      fmt::print(" {:.2f} |", weights[m] / static_cast<double>(judged_days(h, from)));
    } else {
      fmt::print(" |");
    }
    for (std::size_t i = 0; i < horizons.size(); ++i) {
      const auto line = forecast::mincer_zarnowitz(expected[i][m], realised[i]);
      fmt::print(" {:.4f} | {:.2f} | {:.3f} |", mean(losses[i][m]), line->slope, line->r2);
    }
  }
  for (std::size_t i = 0; i < horizons.size(); ++i) {
    std::size_t best = 0;
    for (std::size_t m = 1; m + 1 < models; ++m)
      if (mean(losses[i][m]) < mean(losses[i][best])) best = m;
    const auto versus = forecast::diebold_mariano(losses[i].back(), losses[i][best], static_cast<int>(horizons[i]) + 5);
    fmt::print("\n{}{} d: the mixture loses {:+.1f} % against the best single model ({}), Diebold-Mariano {:+.2f}",
               i == 0 ? "\n" : "", horizons[i], 100.0 * (mean(losses[i].back()) / mean(losses[i][best]) - 1.0),
               names[best], versus ? versus->statistic : 0.0);
  }
  fmt::print("\n\n");
  return study;
}

}  // namespace judge
