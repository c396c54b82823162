// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/liquidity/concept.hpp>

#include <array>
#include <cstddef>

namespace trimtab::sizing {

/// @brief One leg in numbers: the range of what may go in, and what a unit counts for. No venue: one for one.
///
/// A collateral takes tokens in and gives numeraire, a debt takes numeraire in and gives tokens.
template <class V>
struct basket_line {
  const V* venue = nullptr;
  double value = 0.0;            // base currency per token, of a collateral with the loan's premium: κ·p, π
  double weight = 0.0;           // w, v
  double low = 0.0, high = 0.0;  // of what goes in
  double most = infinity;        // of what comes out: the debt that may be repaid
  double most_in = infinity;     // what buys all of that

  /// All that goes in buys exactly `most`, not what rounding makes of it and back.
  constexpr double out(double in) const noexcept {
    if (venue == nullptr) return smaller(in, most);
    return in >= high && most < infinity && high >= most_in ? most : smaller(venue->amount_out(in), most);
  }
  constexpr double within(double in) const noexcept { return in < low ? low : in < high ? in : high; }
  /// The amount in the range after which the marginal price has fallen to `price`.
  constexpr double at(double price) const noexcept {
    const double in = venue != nullptr ? venue->amount_at(executable_price<double>{price})
                      : price < 1.0    ? infinity
                                       : 0.0;
    return within(in);
  }
  constexpr double marginal(double in) const noexcept {
    return venue == nullptr ? 1.0 : venue->marginal_price(in).value;
  }
  /// How far, relative, the marginal price after `in` is on the wrong side of its limit: inside the range there are two
  /// sides, at an end one.
  constexpr double misplaced(double in, double limit_price) const noexcept {
    constexpr double apart = 1e-12;  // at a kink the amount is at it to within rounding only
    double off = 0.0;
    if (in > low) off = larger(off, limit_price / marginal(in * (1.0 - apart)) - 1.0);
    if (in < high) off = larger(off, marginal(in * (1.0 + apart)) / limit_price - 1.0);
    return off;
  }
  /// max of out(x) − price·x within the range
  constexpr double best(double price) const noexcept {
    const double in = at(price);
    if (venue != nullptr && low < in && in < high) return venue->best_value(executable_price<double>{price});
    return out(in) - price * in;
  }
};

/// One basket, and what it does.
template <std::size_t N>
struct basket_point {
  std::array<double, N> sold{}, spent{};
  double t = 0.0, m = 0.0;   // where it came from: urgency, value of the numeraire
  double proceeds = 0.0;     // numeraire for the debts: ρ·(Σ U − G)
  double outlay = 0.0;       // numeraire into them
  double above = -infinity;  // C − h·D − margin after it
  constexpr double left() const noexcept { return proceeds - outlay; }
};

}  // namespace trimtab::sizing
