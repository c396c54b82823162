// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/health/health_factor.hpp>

#include <cstddef>
#include <cstdint>

namespace trimtab::health {

/// A health factor as a contract computes it, in real numbers, and how far its integers may be from that, relative.
struct contract_reading {
  double health = infinity;
  double bound = 0.0;
};

/// The largest integer not above x ≥ 0, where x may be an integer but for the rounding of doubles (2⁻⁴⁴ of x).
constexpr double whole_below(double x) noexcept {
  if (!(x >= 0.0 && x <= 0x1p50)) return x;  // a NaN stays one
  const auto below = static_cast<double>(static_cast<std::int64_t>(x));
  return x - below >= 1.0 - x * 0x1p-44 ? below + 1.0 : below;
}

/// How far a quotient may be off, relative, whose two parts may be off by these.
constexpr double quotient_bound(double of_numerator, double of_denominator) noexcept {
  return of_denominator < 1.0 ? (of_numerator + of_denominator) / (1.0 - of_denominator) : infinity;
}

/// @brief Health of integers that are rounded term by term: the form's factor, and its bound.
///
/// Each backing term is off by w·g, each owed one by g, where g is what rounding its balance and its value may move;
/// then the factor by `last`, absolute. What is owed is rounded up, never to nothing.
/// @param grain g of a term, base currency
template <std::size_t N, class Grain>
constexpr contract_reading rounded_health(const form<double, N>& f, oracle_prices<double> prices, Grain grain,
                                          double last) noexcept {
  const double backed = weighted_value(f.collateral, prices), owed = weighted_value(f.debt, prices);
  const double health = health_factor(backed, owed);
  if (!(backed > 0.0 && owed > 0.0)) return {health, 0.0};
  double backed_grain = 0.0, owed_grain = 0.0;
  for (const term<>& t : f.collateral) backed_grain += t.amount == 0.0 ? 0.0 : t.weight * grain(t);
  for (const term<>& t : f.debt) owed_grain += t.amount == 0.0 ? 0.0 : grain(t);
  return {health, quotient_bound(backed_grain / backed, owed_grain / owed) + last / health + 0x1p-49};
}

/// @brief Health with the average threshold floored to whole basis points, as Aave V3 has it up to v3.4.
///
/// Formula   C·⌊S / C⌋ / D with C = Σ c·p and S = Σ LT·c·p, LT in basis points, over collateral with LT > 0
/// The backing is off by Σ g of C, and by half a unit of 10⁻⁸ where the product is rounded. Rounding moves S/C by at
/// most Σ |LT − S/C|·g / C: where that reaches over a whole basis point, it costs that basis point too.
template <std::size_t N, class Grain>
constexpr contract_reading floored_health(const form<double, N>& f, oracle_prices<double> prices, Grain grain,
                                          double last) noexcept {
  double plain = 0.0, plain_grain = 0.0, owed_grain = 0.0, spread = 0.0, carried = 0.0;
  for (const term<>& t : f.collateral) {
    if (t.weight == 0.0 || t.amount == 0.0) continue;
    plain += t.amount * prices[t.slot].value;
    plain_grain += grain(t);
  }
  for (const term<>& t : f.debt) owed_grain += t.amount == 0.0 ? 0.0 : grain(t);
  const double backed = weighted_value(f.collateral, prices), owed = weighted_value(f.debt, prices);
  const double nothing_left = owed_grain < owed ? 0.0 : infinity;  // a debt that is rounded off is none
  if (plain == 0.0) return {health_factor(backed, owed), owed > 0.0 ? nothing_left : 0.0};
  const double average = 1e4 * backed / plain, floored = whole_below(average);
  for (const term<>& t : f.collateral) {
    if (t.weight == 0.0 || t.amount == 0.0) continue;
    const double apart = larger(average - 1e4 * t.weight, 1e4 * t.weight - average);
    spread = larger(apart, spread);
    carried += apart * grain(t) / plain;
  }
  const double health = health_factor(plain * floored / 1e4, owed);
  if (!(owed > 0.0)) return {health, 0.0};
  // Of a basis point: far above what doubles round, far below what thresholds differ by.
  constexpr double doubles = 1e-8;
  const double above = average - floored, reach = carried + doubles;
  const bool over_an_edge = spread > doubles && (above <= reach || above >= 1.0 - reach);
  const double step = over_an_edge ? (1.0 + carried) / floored : 0.0;
  return {health, quotient_bound((plain_grain + 0.5e-8) / plain + 0.5e-8 / backed + step, owed_grain / owed) +
                      last / health + 0x1p-49};
}

}  // namespace trimtab::health
