// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/forecast/first_passage.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace trimtab::forecast {

/// How a monitored probability was found.
enum class monitoring_method : std::uint8_t {
  no_look,          ///< the horizon ends before the first look
  recursion,        ///< look by look, by quadrature: few looks
  shifted_barrier,  ///< the continuous formula with the barrier moved away: many
};

/// Probability of liquidation when health is looked at only now and then, by blocks, keepers or an oracle's heartbeat.
struct monitored {
  double hit = 0.0;
  double error = 0.0;  ///< estimate, absolute
  double looks = 0.0;  ///< over the horizon
  monitoring_method method = monitoring_method::no_look;
};

/// −ζ(½)/√(2π): between two looks health falls below what they see by so many deviations, on average.
/// @source   Broadie, Glasserman and Kou 1997, "A continuity correction for discrete barrier options", Theorem 1.1
inline constexpr double continuity_shift = 0.5825971579390106702;

/// The ln HF from which continuous monitoring has the probability that looks every `interval` years have from `x`.
inline double seen_from(const motion& m, double log_health, double interval) noexcept {
  return log_health + continuity_shift * m.volatility * std::sqrt(interval);
}

namespace detail {

/// h₀ = 0, hₖ(x) = P(X₁ ≤ 0) + ∫₀^∞ hₖ₋₁(y)·density(y | x) dy, everything in deviations of one step: on panels of ten
/// Gauss–Legendre nodes; the integrand is analytic on each. All terms are positive, so small probabilities keep digits.
class look_by_look {
public:
  static constexpr std::size_t order = 10, most_panels = 128;

  /// @param x      in deviations of a step; @param drift  of a step, likewise
  /// @param width  of a panel, about 1
  look_by_look(double x, double drift, int looks, double width) noexcept {
    const double end = larger(x, 0.0) + 10.0 * std::sqrt(static_cast<double>(looks)) + larger(drift, 0.0) * looks;
    const double count = std::ceil(end / width);
    if (!(count <= static_cast<double>(most_panels))) return;
    panels_ = static_cast<std::size_t>(count);
    constexpr std::array<double, 5> node{0.14887433898163122, 0.43339539412924719, 0.67940956829902441,
                                         0.86506336668898451, 0.97390652851717172};
    constexpr std::array<double, 5> weight{0.29552422471475287, 0.26926671930999636, 0.21908636251598204,
                                           0.14945134915058059, 0.066671344308688138};
    const double half = 0.5 * end / count;
    for (std::size_t p = 0; p < panels_; ++p)
      for (std::size_t k = 0; k < order; ++k) {
        const std::size_t pair = k < 5 ? 4 - k : k - 5;
        y_[p * order + k] = half * (2.0 * static_cast<double>(p) + 1.0 + (k < 5 ? -node[pair] : node[pair]));
        w_[p * order + k] = half * weight[pair];
      }
    for (int k = 1; k < looks; ++k) {
      std::array<double, most_panels * order> next{};
      for (std::size_t i = 0; i < panels_ * order; ++i) next[i] = after_one_more(y_[i], drift);
      h_ = next;
    }
    hit_ = after_one_more(x, drift);
  }
  /// NaN where the panels do not suffice.
  [[nodiscard]] double hit() const noexcept { return hit_; }

private:
  [[nodiscard]] double after_one_more(double x, double drift) const noexcept {
    double sum = normal_cdf(-(x + drift));
    const double from = x + drift - 14.0, to = x + drift + 14.0;
    for (std::size_t i = 0; i < panels_ * order && y_[i] < to; ++i)
      if (y_[i] > from && h_[i] > 0.0) sum += w_[i] * h_[i] * normal_density(y_[i] - x - drift);
    return sum;
  }

  std::array<double, most_panels * order> y_{}, w_{}, h_{};
  std::size_t panels_ = 0;
  double hit_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace detail

/// @brief Probability that a look finds the account liquidatable before the horizon, looks coming every `interval`
/// years.
///
/// From 20 looks on by the shifted barrier, whose error falls like 1/looks and grows with the distance in deviations;
/// its estimate is a fit, twice the largest seen, over distances up to 4 deviations. Up to 20, or further away, look by
/// look, with the change from other panels as its error. Users who want a bound take `liquidation_probability`:
/// watching all the time finds more.
/// @errors   those of the motion; not_finite; bad_configuration (years below 0, an interval not above 0);
///           outside_validity (more than 100 looks from further than 4 deviations, or a drift of many deviations a
///           look)
/// @source   Broadie, Glasserman and Kou 1997, Mathematical Finance 7, Theorem 1.1; the recursion is Chapman and
///           Kolmogorov's
inline result<monitored> monitored_probability(const motion& m, double log_health, double years,
                                               double interval) noexcept {
  if (const errc bad = m.validate(); bad != errc::ok) return bad;
  if (!is_finite(log_health) || !is_finite(years) || !is_finite(interval)) return errc::not_finite;
  if (years < 0.0 || !(interval > 0.0)) return errc::bad_configuration;
  monitored out;
  out.looks = std::floor(years / interval * (1.0 + 1e-12));
  if (log_health <= 0.0) return monitored{1.0, 0.0, out.looks, monitoring_method::no_look};
  if (out.looks < 1.0) return out;

  const double step = m.volatility * std::sqrt(interval), horizon = step * std::sqrt(out.looks);
  const double drift = m.drift * interval / step, moved = m.drift * interval * out.looks;
  const double away = larger(magnitude(log_health + moved), magnitude(log_health - moved)) / horizon;
  if (out.looks > 20.0 && away <= 4.0) {
    out.method = monitoring_method::shifted_barrier;
    out.hit = liquidation_probability(m, seen_from(m, log_health, interval), out.looks * interval);
    out.error = out.hit * ((0.2 * away + 0.2) * away + 0.04) / out.looks;
    return out;
  }
  if (out.looks > 100.0 || !(magnitude(drift) < 100.0)) return errc::outside_validity;
  const int looks = static_cast<int>(out.looks);
  out.method = monitoring_method::recursion;
  out.hit = detail::look_by_look(log_health / step, drift, looks, 1.3).hit();
  const double rougher = detail::look_by_look(log_health / step, drift, looks, 1.7).hit();
  out.error = magnitude(out.hit - rougher) + 1e-15 * out.looks * out.hit;
  return out.hit == out.hit ? result<monitored>(out) : result<monitored>(errc::outside_validity);
}

}  // namespace trimtab::forecast
