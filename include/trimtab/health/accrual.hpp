// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/core/time.hpp>
#include <trimtab/market/price.hpp>

#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>

namespace trimtab::health {

/// Euler's year, 365.2425 days: what its yearly figures are quoted over. Aave, Comet and Liquity use `trimtab::year`.
/// @source euler-vault-kit, SECONDS_PER_YEAR
inline constexpr seconds euler_year{31'556'952};

/// A rate per second from one per year: all growth below takes rates per second.
constexpr double per_second(double rate_per_year, seconds of = year) noexcept {
  return rate_per_year / static_cast<double>(of.count());
}

/// @brief Seconds from one moment to another that is not before it.
/// @errors bad_configuration (`from` never set, or a moment no clock shows, beyond ±2⁶⁰ s), time_backwards
constexpr result<seconds> elapsed(timestamp from, timestamp to) noexcept {
  if (from <= never || to > at_unix(-unix_seconds(never))) return errc::bad_configuration;
  if (to < from) return errc::time_backwards;
  return to - from;
}

/// @brief Growth factor of simple interest: Aave's supply index, Comet's both indices, Liquity v2's debts.
///
/// Formula   1 + r·Δt
/// @param    rate r, per second; @param dt Δt
/// @return   factor on the index. Aave floors r·Δt at 10⁻²⁷, Comet the new index at 10⁻¹⁵, Liquity v2 the debt at
/// 10⁻¹⁸:
///           each within one such unit of this, besides 10⁻¹⁴ relative
/// @source   aave-v3-origin MathUtils.sol calculateLinearInterest; comet Comet.sol accruedInterestIndices; bold
///           TroveManager.sol _calcInterest
template <Scalar S>
constexpr S linear_growth(const S& rate, seconds dt) noexcept(std::floating_point<S>) {
  return literal<S>(1.0) + rate * literal<S>(static_cast<double>(dt.count()));
}

/// @brief Growth factor of interest compounded by three terms of e^x: Aave's borrow index from v3.4 on, Morpho Blue.
///
/// Formula   1 + x + x²/2 + x³/6, x = r·Δt
/// @return   within 10⁻¹⁴ relative, or 3 units of 10⁻²⁷ (Aave) and of 10⁻¹⁸ (Morpho), of the contract's integers
/// @source   aave-v3-origin v3.4 MathUtils.sol calculateCompoundedInterest; morpho-blue MathLib.sol wTaylorCompounded
template <Scalar S>
constexpr S taylor_growth(const S& rate, seconds dt) noexcept(std::floating_point<S>) {
  const S one = literal<S>(1.0), x = rate * literal<S>(static_cast<double>(dt.count()));
  return one + x * (one + x / literal<S>(2.0) * (one + x / literal<S>(3.0)));
}

/// @brief Growth factor of interest compounded by three terms of (1 + r)^n, as a real number: the polynomial of Aave's
/// borrow index until v3.3, without its floors.
///
/// Formula   1 + n·r + n(n−1)/2·r² + n(n−1)(n−2)/6·r³, n = Δt in seconds
/// @return   the contract floors r² and r³ at 10⁻²⁷ *before* it multiplies them, so that it lies lower by up to
///           n²/2·10⁻²⁷ + n³/6·(1 + r)·10⁻²⁷ and by half as much higher: 5·10⁻⁶ after a year. Within that of the
///           contract; see `binomial_growth_in_rays`
template <Scalar S>
constexpr S binomial_growth(const S& rate, seconds dt) noexcept(std::floating_point<S>) {
  const double n = static_cast<double>(dt.count());
  const S one = literal<S>(1.0), x = rate * literal<S>(n);
  const S second = rate * literal<S>((n - 1.0) / 2.0), third = rate * literal<S>((n - 2.0) / 3.0);
  return one + x * (one + second * (one + third));
}

namespace detail {

/// ⌊x⌋ of a product of rounded factors: an x that is an integer but for their rounding is that integer.
inline double whole_units(double x) noexcept {
  return std::floor(x + x * 0x1p-50);
}

}  // namespace detail

/// @brief `binomial_growth` with the two integer steps that move it: Aave's borrow index until v3.3, as it is.
///
/// @return within 10⁻¹⁴ relative of the contract; where r² or r³ lies so close to a whole 10⁻²⁷ that the doubles fall
/// on
///         its other side, off by that unit, n²/2·10⁻²⁷ or n³/6·10⁻²⁷
/// @source aave-v3-core 1.19 MathUtils.sol calculateCompoundedInterest (basePowerTwo, basePowerThree)
inline double binomial_growth_in_rays(double rate, seconds dt) noexcept {
  constexpr double ray = 1e27;
  const double n = static_cast<double>(dt.count()), a_year = static_cast<double>(year.count());
  const double square = detail::whole_units(rate * rate * ray);
  const double cube = detail::whole_units(std::floor(square * (rate * a_year) + 0.5) / a_year);
  const double pairs = n * (n - 1.0) / 2.0;
  return 1.0 + n * rate + (pairs * square + pairs * (n - 2.0) / 3.0 * cube) / ray;
}

/// @brief Growth factor of a rate that compounds every period.
///
/// Formula   (1 + r)^n = e^{n·log1p(r)}
/// @param    rate r per period, *less* the one that contracts store with it: a rate of 10⁻⁹ a second keeps all its
///           digits. From a ray text: `uint256::ratio(*duty.subtract(ray), one, ray, one, rounding::up)`
/// @return   relative error below (2·|ln result| + 2)·2⁻⁵²; 0 for a rate of −1, NaN below
inline double periodic_growth(double rate, double periods) noexcept {
  return periods == 0.0 ? 1.0 : std::exp(periods * std::log1p(rate));
}

/// @brief Growth factor of a rate that compounds every second: Maker's `rate`, Euler's accumulator.
/// @return   the contracts round each squaring half up at 10⁻²⁷, which moves them by less than Δt·10⁻²⁷ relative
/// @source   dss Jug.sol _rpow; euler-vault-kit RPow.sol
inline double per_second_growth(double rate, seconds dt) noexcept {
  return periodic_growth(rate, static_cast<double>(dt.count()));
}

/// @brief What is left of Liquity v1's base rate after whole minutes.
///
/// Formula   (1 − loss)^minutes; minutes above 525 600 000 (a thousand years) count as those
/// @param    loss_per_minute 1 − 0.999037758833783 for the half-life of 12 hours
/// @return   the contract rounds each squaring half up at 10⁻¹⁸: within 10⁻¹⁴ relative and one unit, plus minutes·10⁻¹⁸
///           relative
/// @source   liquity/dev LiquityMath.sol _decPow
inline double per_minute_decay(double loss_per_minute, std::chrono::minutes elapsed_minutes) noexcept {
  constexpr std::chrono::minutes cap{525'600'000};
  return periodic_growth(-loss_per_minute,
                         static_cast<double>((elapsed_minutes < cap ? elapsed_minutes : cap).count()));
}

/// How a protocol turns a rate and seconds into growth.
enum class growth_law : std::uint8_t {
  linear,      ///< Aave supply, Comet, Liquity v2
  binomial,    ///< Aave borrow until v3.3, with the contract's floors
  taylor,      ///< Aave borrow from v3.4, Morpho Blue
  per_second,  ///< Maker, Euler
};

/// NaN for a law outside the list.
inline double growth(growth_law law, double rate, seconds dt) noexcept {
  switch (law) {
    case growth_law::linear:
      return linear_growth(rate, dt);
    case growth_law::binomial:
      return binomial_growth_in_rays(rate, dt);
    case growth_law::taylor:
      return taylor_growth(rate, dt);
    case growth_law::per_second:
      return per_second_growth(rate, dt);
  }
  return infinity - infinity;
}

/// @brief One side's interest index as the protocol last stored it, and how it grows from there.
///
/// A state read at one moment is judged at another: protocols accrue before they judge, so project both sides first.
///
///     const auto supply = weth_supply.at(now), borrow = usdc_borrow.at(now);
///     if (!supply || !borrow) return ...;
///     const double effective[] = {effective_price<double>({2000.0}, *supply).value,   // collateral's slot
///                                 effective_price<double>({1.0}, *borrow).value};     // debt's slot
///     health_factor(model.liquidation_form<double>(scaled_balances), oracle_prices<double>(effective));
struct interest_index {
  double index = 1.0;                   ///< tokens per scaled token, > 0
  double rate = 0.0;                    ///< per second, constant until somebody interacts; > −1
  timestamp updated = never;            ///< when `index` was stored; must be set
  growth_law law = growth_law::linear;  ///< of this side

  /// @brief The index at a moment; the stored one, untouched, at the moment it was stored.
  /// @errors not_finite, bad_configuration (index ≤ 0, rate ≤ −1, `updated` not set, an index that shrinks to nothing),
  /// time_backwards, overflow
  [[nodiscard]] result<double> at(timestamp now) const noexcept {
    if (!is_finite(index) || !is_finite(rate)) return errc::not_finite;
    if (!(index > 0.0) || !(rate > -1.0)) return errc::bad_configuration;
    const auto dt = elapsed(updated, now);
    if (!dt) return dt.error();
    if (dt->count() == 0) return index;
    const double grown = index * growth(law, rate, *dt);
    if (!(grown > 0.0)) return errc::bad_configuration;
    if (!(grown < infinity)) return errc::overflow;
    return grown;
  }
};

/// @brief The price of a scaled balance: interest is part of the price, amounts stay as stored.
/// Formula   oracle price · index
template <Scalar S>
constexpr oracle_price<S> effective_price(const oracle_price<S>& price,
                                          const S& index) noexcept(std::floating_point<S>) {
  return {price.value * index};
}

}  // namespace trimtab::health
