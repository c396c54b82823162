// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/errc.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/core/time.hpp>
#include <trimtab/preset/threshold.hpp>
#include <trimtab/trigger/concept.hpp>

#include <cstddef>
#include <cstdint>

namespace trimtab::preset {

/// Which call the extension's viewer names for a keeper to make.
enum class index_coop_call : std::uint8_t {
  none,
  rebalance,  ///< the first trade of a rebalance
  iterate,    ///< the next piece of one that was cut
  ripcord,    ///< by anybody, for a reward
};

/// The enumerator's own spelling, for logs.
constexpr const char* name(index_coop_call c) noexcept {
  constexpr const char* names[] = {"none", "rebalance", "iterate", "ripcord"};
  return names[static_cast<std::size_t>(c)];
}

/// What the extension reads: one collateral, one debt, whole tokens, the oracle's prices.
struct index_coop_look {
  double collateral = 0.0;
  double debt = 0.0;
  double collateral_price = 0.0;
  double debt_price = 0.0;
  double threshold = 0.0;  ///< liquidation threshold and LTV of the collateral
  double ltv = 0.0;
  timestamp now{};
  timestamp last_trade = never;
  double twap_leverage = 0.0;  ///< where a rebalance that was cut is going; 0 when none is
  double reward_tank = 0.0;    ///< native tokens from which a ripcord is paid
};

/// What a call would do.
struct index_coop_answer {
  index_coop_call call = index_coop_call::none;
  errc reason = errc::inside_band;  ///< ok; why there is no call; infeasible: there is one, and it reverts
  direction towards = direction::none;
  double leverage = 0.0;
  double new_leverage = 0.0;
  double total = 0.0;          ///< of the way to the new leverage, collateral
  double chunk = 0.0;          ///< of this trade, collateral
  double sold = 0.0;           ///< the same in the asset that is sold
  double min_out = 0.0;        ///< of the other
  double twap_leverage = 0.0;  ///< to be remembered
  double reward = 0.0;         ///< native, to whoever calls the ripcord
};

/// @brief The rules of Index Coop's flexible leverage tokens, settings and all. The defaults are those of the
/// contracts' own tests; 2.0/1.7/2.3 and 5 % are also what ETH2x-FLI started with.
///
/// Formula   L = C/(C − D);  newL = max(min, min(max, (1 − speed)·L + speed·target));  total = |newL − L|/L · held
/// When      L ≥ ripcord: ripcord, once its cooldown is over; else in a rebalance that was cut: iterate, once its
///           cooldown is over; else rebalance when the interval is over, or L > max, or L < min. "Over" is strict.
///           So says `shouldRebalance`, which keepers ask; beyond max or min `iterateRebalance` itself would not wait
///           for its cooldown.
/// Trade     min(total, largest trade, cap), min-out at the oracle's price
/// Cap       up: (C·ltv·(1 − unutilised) − D)/price; down: held·(N − D)/N, N = C·threshold·(1 − unutilised)
///
/// What it lacks: fee, impact and gas in the size; a check of the price's age, or against any other price; a way out of
/// its own cap. As D nears N the cap on repaying goes to nothing, and beyond N the subtraction reverts: at a threshold
/// of 83 % and 5 % unutilised no deleveraging, ripcord included, goes through from an LTV of 78.85 % on, while
/// liquidation is at 83 %. The Morpho extension leaves the margin out of N (`margin_on_repay` false), which moves that
/// edge to the liquidation threshold itself.
/// @source IndexCoop/index-coop-smart-contracts, contracts/adapters: AaveLeverageStrategyExtension.sol,
/// `_shouldRebalance`, `_validateNormalRebalance`, `_calculateNewLeverageRatio`, `_calculateChunkRebalanceNotional`,
/// `_calculateMaxBorrowCollateral`; MorphoLeverageStrategyExtension.sol, `_calculateMaxBorrowCollateral`
struct index_coop_rules {
  double target = 2.0;  ///< leverages, each above 1
  double least = 1.7;
  double most = 2.3;
  double recentring_speed = 0.05;
  seconds interval{86'400};  ///< between rebalances

  double unutilised = 0.01;  ///< share of the borrow and of the repay limit
  bool margin_on_repay = true;
  basis_points slippage{100.0};
  seconds twap_cooldown{3'000};
  double largest_trade = infinity;  ///< collateral

  double ripcord = 2.6;         ///< leverage from which on it may be called
  double ripcord_reward = 1.0;  ///< native
  basis_points ripcord_slippage{500.0};
  seconds ripcord_cooldown{60};
  double ripcord_largest_trade = infinity;  ///< collateral

  /// What the contract's constructor asks, with leverages above 1 and slippages that leave something.
  /// @errors not_finite, bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {target, least, most, recentring_speed, unutilised, ripcord, ripcord_reward})
      if (!is_finite(x)) return errc::not_finite;
    const bool ordered = least > 1.0 && least <= target && target <= most && most <= ripcord;
    const bool paced = interval >= twap_cooldown && twap_cooldown >= ripcord_cooldown && ripcord_cooldown.count() >= 0;
    const bool shares = recentring_speed > 0.0 && recentring_speed <= 1.0 && unutilised >= 0.0 && unutilised < 1.0 &&
                        slippage.count > 0.0 && slippage.count < 1e4 && ripcord_slippage.count > 0.0 &&
                        ripcord_slippage.count < 1e4;
    const bool sizes = largest_trade > 0.0 && ripcord_largest_trade >= 0.0 && ripcord_reward >= 0.0;
    return ordered && paced && shares && sizes ? errc::ok : errc::bad_configuration;
  }

  /// @param cut a rebalance that was cut is under way
  [[nodiscard]] constexpr index_coop_call call_for(double leverage, timestamp now, timestamp last_trade,
                                                   bool cut) const noexcept {
    const auto over = [&](seconds wait) { return last_trade == never || now - last_trade > wait; };
    if (!below(leverage, ripcord)) return over(ripcord_cooldown) ? index_coop_call::ripcord : index_coop_call::none;
    if (cut) return over(twap_cooldown) ? index_coop_call::iterate : index_coop_call::none;
    const bool due = over(interval) || above(leverage, most) || below(leverage, least);
    return due ? index_coop_call::rebalance : index_coop_call::none;
  }

  [[nodiscard]] constexpr double recentred(double leverage) const noexcept {
    const double towards = (1.0 - recentring_speed) * leverage + recentring_speed * target;
    return larger(least, smaller(towards, most));
  }

  /// How much collateral a trade is about.
  struct amounts {
    double total = 0.0;
    double chunk = 0.0;
    bool reverts = false;  ///< the cap's subtraction goes below zero
    bool capped = false;   ///< by the cap, not by the largest trade
  };
  [[nodiscard]] constexpr amounts amounts_to(const index_coop_look& l, double leverage, double new_leverage,
                                             direction towards, double largest) const noexcept {
    const bool up = towards == direction::leverage;
    const double owed = l.debt * l.debt_price, value = l.collateral * l.collateral_price;
    const double kept = up || margin_on_repay ? 1.0 - unutilised : 1.0;
    const double net = value * (up ? l.ltv : l.threshold) * kept;
    amounts a;
    a.total = magnitude(new_leverage - leverage) / leverage * l.collateral;
    a.reverts = below(net, owed) || !(net == net);
    const double cap = larger(0.0, up ? (net - owed) / l.collateral_price : l.collateral * ((net - owed) / net));
    a.chunk = smaller(smaller(cap, a.total), largest);
    a.capped = a.chunk == cap && cap < a.total;
    return a;
  }

  /// @errors of the answer: not_finite, negative_amount, inside_band, cooldown, infeasible (the call reverts: no debt,
  /// nothing left of the equity, or the cap), already_there (an iteration that the price has made needless, and that
  /// ends the rebalance)
  [[nodiscard]] constexpr index_coop_answer decide(const index_coop_look& l) const noexcept;
};

constexpr index_coop_answer index_coop_rules::decide(const index_coop_look& l) const noexcept {
  index_coop_answer a;
  a.twap_leverage = l.twap_leverage;
  const double value = l.collateral * l.collateral_price, owed = l.debt * l.debt_price;
  if (!is_finite(value) || !is_finite(owed)) return a.reason = errc::not_finite, a;
  if (value < 0.0 || owed < 0.0) return a.reason = errc::negative_amount, a;
  if (!(value > owed)) return a.reason = errc::infeasible, a;
  a.leverage = value / (value - owed);
  const bool cut = l.twap_leverage > 0.0;
  a.call = call_for(a.leverage, l.now, l.last_trade, cut);
  if (a.call == index_coop_call::none) {
    a.reason = cut || !below(a.leverage, ripcord) ? errc::cooldown : errc::inside_band;
    return a;
  }
  if (!(owed > 0.0)) return a.reason = errc::infeasible, a;

  const bool pulled = a.call == index_coop_call::ripcord;
  a.new_leverage = pulled ? most : a.call == index_coop_call::iterate ? l.twap_leverage : recentred(a.leverage);
  if (a.call == index_coop_call::iterate) {
    const bool arrived = (below(l.twap_leverage, target) && !below(a.leverage, l.twap_leverage)) ||
                         (above(l.twap_leverage, target) && !above(a.leverage, l.twap_leverage));
    if (arrived) return a.reason = errc::already_there, a.twap_leverage = 0.0, a;
  }
  a.towards = pulled || below(a.new_leverage, a.leverage) ? direction::deleverage : direction::leverage;
  const amounts size =
      amounts_to(l, a.leverage, a.new_leverage, a.towards, pulled ? ripcord_largest_trade : largest_trade);
  if (size.reverts) return a.reason = errc::infeasible, a;
  a.reason = errc::ok;
  a.total = size.total;
  a.chunk = size.chunk;
  const double rate = l.collateral_price / l.debt_price, left = 1.0 - (pulled ? ripcord_slippage : slippage).fraction();
  const bool up = a.towards == direction::leverage;
  a.sold = up ? a.chunk * rate : a.chunk;
  a.min_out = up ? a.chunk * left : a.chunk * rate * left;
  const bool goes_on = !pulled && a.chunk < a.total;
  a.twap_leverage = goes_on ? a.new_leverage : 0.0;
  a.reward = pulled ? smaller(ripcord_reward, l.reward_tank) : 0.0;
  return a;
}

}  // namespace trimtab::preset
