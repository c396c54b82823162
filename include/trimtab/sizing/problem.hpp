// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/market/gas.hpp>
#include <trimtab/market/reserve_limits.hpp>
#include <trimtab/trigger/concept.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace trimtab::sizing {

/// Where the money comes from while collateral is on its way to becoming repaid debt.
enum class funding_mode : std::uint8_t {
  none,              ///< withdraw first: health must stand it, else in several loops
  flash_debt,        ///< flash-borrow the debt asset, repay, withdraw, sell, return it
  flash_collateral,  ///< flash-borrow the collateral, sell, repay, withdraw, return it
};

struct funding {
  funding_mode mode = funding_mode::flash_debt;
  basis_points premium{5.0};  ///< of the amount flash-borrowed
};

/// @brief What whoever sends the transaction is paid besides gas, in the debt asset, out of the trade: the price of a
/// call that anybody may make.
///
/// The one-pair sizers, `restore_target` and those of `leverage`, have it inside their size equation.
struct reward {
  double flat = 0.0;        ///< base currency
  basis_points share{0.0};  ///< of what a deleverage brings in at its minimum output, of what a leverage borrows
};
/// Finite, not negative, and less than the whole.
constexpr bool is_sound(const reward& r) noexcept {
  return is_finite(r.flat) && r.flat >= 0.0 && r.share.count >= 0.0 && r.share.count < 1e4;
}

/// What stopped a trade from being larger, or at all.
enum class limit : std::uint8_t {
  none,
  pole,          ///< the first unit sold already costs more health than it repays: no size helps
  depth,         ///< the venue's price falls too far before the target is reached
  capacity,      ///< the venue takes no more
  collateral,    ///< all of this collateral is sold
  debt,          ///< all of this debt is repaid
  withdrawable,  ///< the reserve has no more liquidity to hand out
  supply_room,   ///< the reserve takes no more collateral
  borrow_room,   ///< the reserve lends no more
  flash_loan,    ///< the flash lender has no more
  slippage,      ///< beyond this size the average price is below the caller's floor
  health_floor,  ///< health between the steps, or at the minimum output, would be below the floor
  borrow_form,   ///< the protocol would not let this be borrowed
  reserve,       ///< a reserve is inactive, paused or frozen
  minimum_debt,  ///< what remains is neither nothing nor enough
  cost,          ///< costs more than the caller allows
  chunk,         ///< cut into pieces by the schedule
  band,          ///< would end beyond the band's other edge
  wallet,        ///< the wallet has no more
  category,      ///< an eMode switch that is better, but short of the target
};

/// The enumerator's own spelling, for logs.
constexpr const char* name(limit l) noexcept {
  constexpr const char* names[] = {"none",     "pole",         "depth",       "capacity",    "collateral",
                                   "debt",     "withdrawable", "supply_room", "borrow_room", "flash_loan",
                                   "slippage", "health_floor", "borrow_form", "reserve",     "minimum_debt",
                                   "cost",     "chunk",        "band",        "wallet",      "category"};
  return names[static_cast<std::size_t>(l)];
}

/// What a trade costs against the fair price, base currency. Those of several legs add up.
struct cost {
  double spread =
      0.0;  ///< venue fee, and the gap between the fair and the venue's starting price (negative: in our favour)
  double impact = 0.0;   ///< what the trade itself moves the venue
  double premium = 0.0;  ///< of the flash loan
  double gas = 0.0;
  double fee = 0.0;     ///< of the spread, what the venue keeps as its fee; 0 where it does not say
  double reward = 0.0;  ///< of whoever sends the transaction, besides gas

  [[nodiscard]] constexpr double total() const noexcept { return spread + impact + premium + gas + reward; }
  constexpr cost& operator+=(const cost& leg) noexcept {
    spread += leg.spread, impact += leg.impact, premium += leg.premium, gas += leg.gas, fee += leg.fee,
        reward += leg.reward;
    return *this;
  }
};

/// @brief One trade: what goes in, what must come out, what it does to health. Whole tokens.
///
/// Deleveraging sells collateral and repays debt; leveraging up sells borrowed debt for collateral, or sells nothing
/// and pays the owner collateral that the target does not need.
struct trade {
  direction towards = direction::none;
  funding_mode mode = funding_mode::none;
  asset_id collateral{};
  asset_id debt{};
  double sold = 0.0;           ///< into the venue
  double expected_out = 0.0;   ///< out of it, at the venue as seen
  double min_out = 0.0;        ///< less than this and everything is undone
  double flash = 0.0;          ///< flash-borrowed, in the mode's asset
  basis_points flash_rate{};   ///< premium asked for the loan
  double flash_premium = 0.0;  ///< on top, in the same asset
  double gas_in_kind = 0.0;    ///< handed to whoever sends it, gas where the tank does not pay and the reward: debt
                               ///< asset, or collateral where nothing is sold
  double paid_out = 0.0;       ///< collateral handed to the owner
  double collateral_change = 0.0;
  double debt_change = 0.0;
  double health_before = infinity;
  double health_after = infinity;
  double health_at_min_out = infinity;
  sizing::cost cost{};
};

/// @brief Everything a sizer needs, and nothing it would have to look up.
///
/// The forms are those of the account before the trade; collateral and debt name one term of each.
template <class V, std::size_t N = 8>
struct problem {
  form<double, N> liquidation;
  form<double, N> borrow;
  oracle_prices<double> prices{};
  asset_id collateral{};
  asset_id debt{};
  const V* venue = nullptr;  ///< asset in → out in the direction of the trade
  reserve_limits collateral_limits{};
  reserve_limits debt_limits{};
  sizing::funding funding{};
  gas_market gas{};
  sizing::reward reward{};
  double fair_rate = 0.0;          ///< debt per collateral at fair prices: what limits are set by
  double collateral_unit = 1e-18;  ///< smallest unit of each asset, whole tokens: sizes stay this much inside a limit
  double debt_unit = 1e-18;
  double minimum_debt = 0.0;  ///< base currency
  withdrawal_check withdrawal = withdrawal_check::liquidation_form;
  double target = 1.25;   ///< health wanted
  double band_low = 0.0;  ///< the band's edges: health at the minimum output of a leverage may not be below the one,
  double band_high = infinity;  ///< health after a deleverage not above the other
  bool urgent = false;          ///< cost ceilings do not bind
};

/// What is owed, unweighted: a minimum debt is one of tokens, not of borrow factors. @param by  of one debt, added
/// first
template <std::size_t N>
constexpr double owed_value(const terms<double, N>& debt, oracle_prices<double> prices, asset_id asset = {},
                            double by = 0.0) noexcept {
  double sum = 0.0;
  for (const term<double>& t : debt)
    sum += larger(0.0, t.asset == asset ? t.amount + by : t.amount) * prices[t.slot].value;
  return sum;
}

/// What a sizer asks before it computes; the forms are looked at where an account comes in.
/// @errors asset_mismatch, non_positive_price, not_finite, negative_amount (a room, a unit, a minimum debt; a NaN too),
/// bad_configuration (a target not above 1 or outside the band, a premium or reward that is none), those of the gas and
/// the venue
template <class V, std::size_t N>
constexpr errc check(const problem<V, N>& p) noexcept {
  if (p.venue == nullptr) return errc::asset_mismatch;
  if (p.liquidation.collateral.find(p.collateral) == nullptr) return errc::asset_mismatch;
  if (p.liquidation.debt.find(p.debt) == nullptr) return errc::asset_mismatch;
  if (!is_finite(p.fair_rate) || !is_finite(p.target)) return errc::not_finite;
  if (!(p.fair_rate > 0.0)) return errc::non_positive_price;
  if (!(p.target > 1.0) || !(p.funding.premium.count >= 0.0 && p.funding.premium.count < infinity) ||
      !is_sound(p.reward))
    return errc::bad_configuration;
  if (!(p.band_low <= p.target) || !(p.target <= p.band_high)) return errc::bad_configuration;
  if (!(p.minimum_debt >= 0.0) || !(p.collateral_unit >= 0.0) || !(p.debt_unit >= 0.0)) return errc::negative_amount;
  for (const reserve_limits* r : {&p.collateral_limits, &p.debt_limits})
    if (const errc bad = validate(std::span<const reserve_limits>(r, 1)); bad != errc::ok) return bad;
  if (const errc bad = validate(p.gas, p.prices); bad != errc::ok) return bad;
  return p.venue->validate();
}

/// The largest size the limits allow, and which of them says so.
struct largest {
  double x = infinity;
  limit why = limit::none;
  constexpr void at_most(double other, limit name) noexcept {
    if (other < x) x = larger(other, 0.0), why = name;
  }
};

/// The smallest sale there is: its gas is the least.
inline constexpr double smallest_sale = std::numeric_limits<double>::min();

/// Why a trade may not be made, though its size is right.
struct objection {
  errc why = errc::ok;
  limit binding = limit::none;
};

/// @brief A sizer's answer: the trade, or why there is none, always with the binding limit and the best health this
/// venue can give.
///
/// When the target is out of reach (`errc::infeasible`) the trade is the one that comes closest, if it helps at all. On
/// a venue that is not concave nothing proves that it is: then the status is `errc::no_convergence`.
struct sized {
  errc status = errc::bad_configuration;
  limit binding =
      limit::none;  ///< what keeps the trade from being larger; with `ok`, of a trade that is deliberately partial
  double best_health =
      0.0;             ///< out of reach: the highest health this venue can give; reached: the health after the trade
  bool proven = true;  ///< false: the venue is not concave, and the size is the best of those looked at
  sizing::trade trade{};
  double benefit = 0.0;  ///< what the trade is worth, base currency, where a gate has asked; else 0

  [[nodiscard]] constexpr bool has_value() const noexcept { return status == errc::ok; }
};

}  // namespace trimtab::sizing
