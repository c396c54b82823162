// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/scalar.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>

namespace trimtab::instrument {

/// @brief What an instrument is worth at one point, and its first and second derivatives there.
///
/// Shapes: gradient K, Hessian K × K, row-major, symmetric; rows and columns from `size` on are zero.
/// @tparam K most underlyings the instrument can read
template <Scalar S, std::size_t K>
struct jet {
  S value{};                       ///< base currency per unit
  std::array<S, K> gradient{};     ///< delta: units of each underlying that the holding behaves like
  std::array<S, K * K> hessian{};  ///< gamma and cross-gamma, units per base currency
  std::size_t size = K;            ///< underlyings in use

  [[nodiscard]] constexpr const S& gamma(std::size_t i, std::size_t j) const noexcept { return hessian[i * K + j]; }
};

/// The prices between `low` and `high`, one pair per underlying, base currency per token.
struct price_box {
  std::span<const double> low{};
  std::span<const double> high{};
};

/// @brief Something held whose price is a function of other prices. `instrument::token` is the one to copy.
///
/// - `capacity`          most underlyings it can read; `size()` how many this one reads
/// - `validate()`        errc::ok or what is wrong with its terms
/// - `value<S>(u)`       worth of one unit, base currency, at underlying prices u (size() of them, base currency per
///                       token, positive; not checked here: `valid_underlyings`)
/// - `at<S>(u)`          value, gradient and Hessian together; where the value has a kink, those to its right
/// - `cubic_bound(u, b)` how far from quadratic it is: a T such that, for every point v of the box b and every
/// direction
///                       z with |zᵢ| ≤ 1, |D³V(v)[u∘z, u∘z, u∘z]| ≤ T; +inf when the box has a kink in it or no bound
///                       is known. With relative moves |yᵢ| ≤ ρ·uᵢ that stay in the box, the second-order expansion is
///                       then off by at most T·ρ³/6
///
/// Underlyings are positions in the instrument's own list; which price of the world each of them is, is the business of
/// a `leg`.
template <class I>
concept Instrument = std::copyable<I> &&
    requires(const I& instrument, std::span<const double> u, const price_box& box) {
  { I::capacity } -> std::convertible_to<std::size_t>;
  { instrument.size() } -> std::same_as<std::size_t>;
  { instrument.validate() } -> std::same_as<errc>;
  { instrument.template value<double>(u) } -> std::same_as<double>;
  { instrument.template at<double>(u) } -> std::same_as<jet<double, I::capacity>>;
  { instrument.cubic_bound(u, box) } -> std::same_as<double>;
};

/// As many prices as the instrument reads, all finite and positive. @errors size_mismatch, not_finite,
/// non_positive_price
template <Instrument I>
constexpr errc valid_underlyings(const I& instrument, std::span<const double> u) noexcept {
  if (u.size() != instrument.size()) return errc::size_mismatch;
  for (const double price : u) {
    if (!(price - price == 0.0)) return errc::not_finite;
    if (!(price > 0.0)) return errc::non_positive_price;
  }
  return errc::ok;
}

/// How far below u the box reaches: the largest uᵢ/vᵢ of its points v, 1 or more; +inf where a price is not positive.
constexpr double reach_below(std::span<const double> u, const price_box& box) noexcept {
  double most = 1.0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    if (!(box.low[i] > 0.0)) return infinity;
    if (const double reach = u[i] / box.low[i]; !(reach <= most)) most = reach;
  }
  return most;
}

}  // namespace trimtab::instrument
