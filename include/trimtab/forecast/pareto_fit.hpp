// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/root.hpp>
#include <trimtab/forecast/generalised_pareto.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace trimtab::forecast {

/// A Pareto tail from data, and how well the data know it.
struct pareto_fit {
  pareto_tail tail{};
  double shape_error = 0.0;     ///< standard error of ξ
  double scale_error = 0.0;     ///< standard error of β; the correlation of the two is −1/√(2(1 + ξ))
  double log_likelihood = 0.0;  ///< of the excesses
  double slope = 0.0;           ///< of the profile likelihood per excess, in ln(1 + y_max·ξ/β): 0 at the maximum
  std::size_t exceedances = 0;
};

namespace detail {

/// With τ = ξ/β fixed the likelihood is largest at ξ(τ) = mean ln(1 + τy), β = ξ(τ)/τ; what remains is to minimise
/// ln β(τ) + ξ(τ) over τ > −1/y_max. In s = ln(1 + τ·y_max), which has no ends, and in units of y_max.
class pareto_profile {
public:
  constexpr pareto_profile(std::span<const double> excesses, double largest) noexcept
      : excesses_(excesses), largest_(largest), count_(static_cast<double>(excesses.size())) {}

  [[nodiscard]] double shape(double s) const noexcept {
    const double tau = std::expm1(s);
    double sum = 0.0;
    for (const double y : excesses_) sum += std::log1p(tau * (y / largest_));
    return sum / count_;
  }

  /// β(τ)/y_max, through τ = 0 without a break: mean of y·ln(1 + τy)/(τy).
  [[nodiscard]] double scale(double s) const noexcept {
    const double tau = std::expm1(s);
    double sum = 0.0;
    for (const double y : excesses_) sum += y / largest_ * log_share(tau * (y / largest_));
    return sum / count_;
  }

  [[nodiscard]] double objective(double s) const noexcept { return std::log(scale(s)) + shape(s); }

  /// Derivative of the objective with respect to s. Grimshaw's equation has a root at τ = 0 that is no extremum; this
  /// one, divided by it, has none.
  [[nodiscard]] double slope(double s) const noexcept {
    const double tau = std::expm1(s);
    double shape_slope = 0.0, scale_slope = 0.0, scale_sum = 0.0;
    for (const double y : excesses_) {
      const double w = y / largest_, z = tau * w;
      shape_slope += w / (1.0 + z);
      scale_sum += w * log_share(z);
      scale_slope += w * w * (magnitude(z) < 0.06 ? bend_near_zero(z) : (z / (1.0 + z) - std::log1p(z)) / (z * z));
    }
    return (scale_slope / scale_sum + shape_slope / count_) * std::exp(s);
  }

private:
  static double log_share(double z) noexcept { return magnitude(z) < 1e-300 ? 1.0 : std::log1p(z) / z; }

  /// (z/(1+z) − ln(1+z))/z² = Σ (−1)^{j+1}·(j+1)/(j+2)·z^j; the closed form cancels here.
  static constexpr double bend_near_zero(double z) noexcept {
    double sum = 0.0;
    for (int j = 13; j >= 0; --j) sum = (j + 1.0) / (j + 2.0) - z * sum;
    return -sum;
  }

  std::span<const double> excesses_;
  double largest_, count_;
};

inline errc check_excesses(std::span<const double> excesses, std::size_t least) noexcept {
  if (excesses.size() < least) return errc::size_mismatch;
  for (const double y : excesses) {
    if (!is_finite(y)) return errc::not_finite;
    if (!(y > 0.0)) return errc::negative_amount;
  }
  return errc::ok;
}

/// Expected information of n excesses at ξ > −½. @source Smith 1987, "Estimating tails of probability distributions"
inline void set_errors(pareto_fit& fit) noexcept {
  const double n = static_cast<double>(fit.exceedances), more = 1.0 + fit.tail.shape;
  fit.shape_error = more / std::sqrt(n);
  fit.scale_error = fit.tail.scale * std::sqrt(2.0 * more / n);
}

}  // namespace detail

/// @brief Shape and scale of excesses over a threshold, by maximum likelihood.
///
/// A scan of the profile likelihood from ξ = −½ to ξ = 4 brackets every maximum between them; each is found as a
/// certified root of the slope, and the highest is taken. The likelihood has no maximum below (it rises without bound
/// to ξ → −∞).
/// @param excesses  losses beyond the threshold less the threshold, all above 0; at least 10
/// @return          threshold 0, share 1: set them, or call `fit_pareto_tail`
/// @errors   size_mismatch: fewer than 10; negative_amount: an excess not above 0; not_finite; no_convergence: no
/// regular
///           maximum (a tail so short that ξ ≤ −½, or excesses that are all alike): see `fit_pareto_by_moments`
/// @source   Grimshaw 1993, "Computing maximum likelihood estimates for the generalized Pareto distribution"; scan and
///           slope derived here
inline result<pareto_fit> fit_pareto(std::span<const double> excesses) noexcept {
  if (const errc bad = detail::check_excesses(excesses, 10); bad != errc::ok) return bad;
  const double largest = *std::max_element(excesses.begin(), excesses.end());
  const detail::pareto_profile profile(excesses, largest);

  // ξ rises with s from −∞ to ∞: the ends of the scan.
  // Even 10¹⁷ excesses have their maximum above s = −20, about −ln(count)/2 at ξ = −½.
  constexpr double lowest = -20.0, highest = 700.0;
  const auto where_shape_is = [&](double shape) {
    return find_root([&](double s) { return profile.shape(s) - shape; }, lowest, highest, 1e-3);
  };
  const auto from = where_shape_is(-0.5), to = where_shape_is(4.0);
  if (!to) return errc::no_convergence;
  const double first = from ? from->high : lowest, last = to->low;

  constexpr int pieces = 48;
  double best = infinity, at = 0.0;
  double left = first, left_slope = profile.slope(left);
  for (int k = 1; k <= pieces; ++k) {
    const double right = first + (last - first) * (k / double{pieces});
    const double right_slope = profile.slope(right);
    if (left_slope < 0.0 && right_slope >= 0.0) {
      const auto found = find_root([&](double s) { return profile.slope(s); }, left, right);
      if (!found) return errc::no_convergence;
      const double there = profile.objective(found->at);
      if (there < best) best = there, at = found->at;
    }
    left = right, left_slope = right_slope;
  }
  if (!(best < infinity)) return errc::no_convergence;

  const double n = static_cast<double>(excesses.size());
  pareto_fit fit{.tail = {.shape = profile.shape(at), .scale = largest * profile.scale(at), .exceed_share = 1.0},
                 .log_likelihood = -n * (best + std::log(largest) + 1.0),
                 .slope = profile.slope(at),
                 .exceedances = excesses.size()};
  detail::set_errors(fit);
  return fit;
}

/// @brief The same by probability-weighted moments: no search, less efficient, biased for ξ near ½ and beyond.
///
/// Formula   a₀ = mean y, a₁ = mean of (1 − p_i)y₍ᵢ₎, p_i = (i − 0.35)/n;  ξ = 2 − a₀/(a₀ − 2a₁), β = 2a₀a₁/(a₀ − 2a₁)
/// @param excesses  sorted here
/// @return          standard errors are those of maximum likelihood, a floor; the slope is not set
/// @errors   as above; no_convergence: a₀ ≤ 2a₁, ξ ≤ −½, or an excess beyond the end of the tail that was found, which
///           moments do not rule out
/// @source   Hosking and Wallis 1987, "Parameter and quantile estimation for the generalized Pareto distribution"
inline result<pareto_fit> fit_pareto_by_moments(std::span<double> excesses) noexcept {
  if (const errc bad = detail::check_excesses(excesses, 10); bad != errc::ok) return bad;
  std::sort(excesses.begin(), excesses.end());
  const double n = static_cast<double>(excesses.size());
  double plain = 0.0, weighted = 0.0, rank = 1.0;
  for (const double y : excesses) {
    plain += y / n;
    weighted += (1.0 - (rank - 0.35) / n) * y / n;
    rank += 1.0;
  }
  const double gap = plain - 2.0 * weighted;
  if (!(gap > 0.0)) return errc::no_convergence;
  pareto_fit fit{.tail = {.shape = 2.0 - plain / gap, .scale = 2.0 * plain * weighted / gap, .exceed_share = 1.0},
                 .exceedances = excesses.size()};
  if (fit.tail.validate() != errc::ok || !(fit.tail.shape > -0.5)) return errc::no_convergence;
  for (const double y : excesses) fit.log_likelihood += log_excess_density(fit.tail, y);
  if (!is_finite(fit.log_likelihood)) return errc::no_convergence;
  detail::set_errors(fit);
  return fit;
}

/// @brief The tail of a sample of losses beyond its own quantile, by maximum likelihood.
///
/// The threshold is the largest loss that is not among the worst `share` of the sample. Five to ten per cent is usual:
/// `mean_excess` should be straight in the threshold from there on, and the shape steady within its error.
/// @param losses  reordered here; ends with the excesses in place of the worst losses
/// @param share   of the sample to call its tail, in (0, 1)
/// @errors   bad_configuration: such a share; negative_amount: losses tied with the threshold; those of `fit_pareto`
/// @source   McNeil, Frey and Embrechts 2015, 5.2.2 and 5.2.5
inline result<pareto_fit> fit_pareto_tail(std::span<double> losses, double share) noexcept {
  if (!(share > 0.0 && share < 1.0)) return errc::bad_configuration;
  for (const double x : losses)
    if (!is_finite(x)) return errc::not_finite;
  const double count = static_cast<double>(losses.size());
  const auto exceedances = static_cast<std::size_t>(std::floor(share * count));
  if (exceedances < 10 || exceedances >= losses.size()) return errc::size_mismatch;
  const auto at = losses.end() - static_cast<std::ptrdiff_t>(exceedances) - 1;
  std::nth_element(losses.begin(), at, losses.end());
  const double threshold = *at;
  for (auto x = at + 1; x != losses.end(); ++x) *x -= threshold;
  result<pareto_fit> fit = fit_pareto(losses.last(exceedances));
  if (!fit) return fit;
  pareto_fit found = *fit;
  found.tail.threshold = threshold;
  found.tail.exceed_share = static_cast<double>(exceedances) / count;
  return found;
}

/// @brief Mean of loss − u over the losses beyond u: a straight line in u, of slope ξ/(1 − ξ), where a Pareto tail
/// holds.
/// @return NaN where no loss exceeds u
inline double mean_excess(std::span<const double> losses, double threshold) noexcept {
  double sum = 0.0, seen = 0.0;
  for (const double x : losses) {
    if (x <= threshold) continue;  // a NaN is seen
    sum += x - threshold;
    seen += 1.0;
  }
  return seen > 0.0 ? sum / seen : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace trimtab::forecast
