// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>

#include <algorithm>
#include <span>

namespace trimtab::forecast {

/// The bad end of a sample of losses.
struct sample_tail {
  double value_at_risk = 0.0;       ///< smallest loss that at least the share α of the sample does not exceed
  double expected_shortfall = 0.0;  ///< mean of the worst 1 − α of the sample (CVaR)
};

namespace detail {

/// α·n, but for rounding: 0.95 of 100 is 95 and not a little less or more.
inline double share_of(double alpha, double count) noexcept {
  const double product = alpha * count, whole = std::round(product);
  return magnitude(product - whole) <= 4.0 * std::numeric_limits<double>::epsilon() * whole ? whole : product;
}

}  // namespace detail

/// @brief Value at risk and expected shortfall of equally likely losses.
///
/// Formula   k = ⌈αn⌉, VaR = l₍ₖ₎, CVaR = [ (k − αn)·l₍ₖ₎ + Σ_{i>k} l₍ᵢ₎ ]/(n − αn)
///
/// Where αn is no whole number the k-th loss belongs to the tail in part: so CVaR is continuous in α and coherent,
/// which the mean of the losses beyond VaR is not.
/// @param losses  reordered here: O(n) by selection
/// @param alpha   from 0 (the mean) to below 1
/// @errors   size_mismatch: no losses; not_finite; bad_configuration: a level outside [0, 1)
/// @source   Rockafellar and Uryasev 2000, "Optimization of conditional value-at-risk"; 2002, "Conditional
/// value-at-risk
///           for general loss distributions", proposition 8
inline result<sample_tail> tail_of(std::span<double> losses, double alpha) noexcept {
  if (losses.empty()) return errc::size_mismatch;
  if (!is_finite(alpha)) return errc::not_finite;
  if (!(alpha >= 0.0 && alpha < 1.0)) return errc::bad_configuration;
  for (const double x : losses)
    if (!is_finite(x)) return errc::not_finite;

  const double count = static_cast<double>(losses.size()), calm = detail::share_of(alpha, count);
  const double rank = std::fmin(larger(std::ceil(calm), 1.0), count);
  const auto at = losses.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
  std::nth_element(losses.begin(), at, losses.end());
  // Excesses over the quantile, not losses: the sum of equals is then exact.
  double excess = 0.0;
  for (auto beyond = at + 1; beyond != losses.end(); ++beyond) excess += *beyond - *at;
  const double share = count - calm;
  return sample_tail{.value_at_risk = *at, .expected_shortfall = share > 0.0 ? *at + excess / share : *at};
}

/// A loss and how likely it is, relative to the others.
struct weighted_loss {
  double loss = 0.0;
  double weight = 0.0;
};

/// @brief The same for losses that are not equally likely: scenarios, or a history that fades.
/// @param losses  sorted here: O(n log n). Weights need not sum to one
/// @errors   as above; negative_amount: a weight below 0; bad_configuration: no weight at all
inline result<sample_tail> tail_of(std::span<weighted_loss> losses, double alpha) noexcept {
  if (losses.empty()) return errc::size_mismatch;
  if (!is_finite(alpha)) return errc::not_finite;
  if (!(alpha >= 0.0 && alpha < 1.0)) return errc::bad_configuration;
  double total = 0.0;
  for (const weighted_loss& x : losses) {
    if (!is_finite(x.loss) || !is_finite(x.weight)) return errc::not_finite;
    if (x.weight < 0.0) return errc::negative_amount;
    total += x.weight;
  }
  if (!is_finite(total)) return errc::not_finite;
  if (!(total > 0.0)) return errc::bad_configuration;

  // From the worst down, until the share 1 − α is full.
  std::sort(losses.begin(), losses.end(), [](const auto& a, const auto& b) { return a.loss > b.loss; });
  const double share = total - detail::share_of(alpha, total);
  double taken = 0.0;
  auto last = losses.begin();
  for (auto x = losses.begin(); x != losses.end(); ++x) {
    if (x->weight == 0.0) continue;
    last = x;
    // A tail that is full up to rounding ends at the next loss: VaR is the quantile from below.
    if (taken + x->weight > share * (1.0 + 8.0 * std::numeric_limits<double>::epsilon())) break;
    taken += x->weight;
  }
  double excess = 0.0;
  for (auto x = losses.begin(); x != last; ++x) excess += x->weight * (x->loss - last->loss);
  return sample_tail{.value_at_risk = last->loss, .expected_shortfall = last->loss + excess / share};
}

}  // namespace trimtab::forecast
