// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/policy/decision.hpp>
#include <trimtab/preset/threshold.hpp>
#include <trimtab/trigger/hedge_drift.hpp>

#include <array>
#include <cstddef>

namespace trimtab::preset {

/// One of the two tokens whose price the vault borrows away.
struct rage_trade_token {
  double wanted = 0.0;    ///< borrow that hedges all of it, whole tokens
  double borrowed = 0.0;  ///< now
  double price = 0.0;     ///< USDC
  double weight = 0.0;  ///< the pool's amount of it that `wanted` is a share of; only the proportion of the two counts
};

/// What the vault reads.
struct rage_trade_look {
  std::array<rage_trade_token, 2> token{};
  double health = infinity;  ///< of its Aave account
  double threshold = 0.85;   ///< liquidation threshold of USDC
  double lent = 0.0;         ///< by the senior vault, USDC, and how much more it lends
  double available = 0.0;
  timestamp now{};
  timestamp last_rebalance = never;
};

/// What a rebalance would do.
struct rage_trade_answer {
  trimtab::verdict verdict = verdict::hold;
  trigger::hedge_reason reason = trigger::hedge_reason::none;
  errc why = errc::inside_band;  ///< ok on rebalance
  struct leg {
    double change = 0.0;     ///< of the borrow, whole tokens; negative: repaid
    double usdc = 0.0;       ///< at least received for what is borrowed, at most paid for what is repaid
    bool too_small = false;  ///< left as it is
    bool partial = false;    ///< more would have been right
  };
  std::array<leg, 2> token{};
  bool capped = false;               ///< the senior vault lends too little for the whole hedge
  double lent_change = 0.0;          ///< USDC, from the senior vault or back to it
  timestamp last_rebalance = never;  ///< to be remembered; unmoved by a partial hedge
};

/// @brief The rule of RageTrade's delta-neutral GMX vault: when it may be rebalanced, and to what. The defaults are the
/// vault's: a day, 5 %, health 1.2 and back to 1.5.
///
/// May      more than `interval` since the last rebalance; or |wanted − borrowed| > deviation · borrowed of either
/// token;
///          or health < `health_floor`. All strict.
/// Hedge    wanted, but no further from what is borrowed than `partial_above`/price; S = (target − lt)/lt · Σ borrowed
///          value is what the senior vault has to lend, and where it cannot, Σ borrowed value = lent · lt/(target −
///          lt), shared out by weight · price
/// Trade    wanted − borrowed, left alone below `least_hedge` USDC at the slippage's end
///
/// What it lacks: fee and impact in the size, and any cost of hedging against what it is worth (a day passed is
/// enough); hysteresis; a check of the prices' age, or against any other price; a floor on health for what it does.
/// `trigger::hedge_drift` is the trigger of ours that it resembles; that one measures drift against what is wanted.
/// @source RageTrade/delta-neutral-gmx-vaults, contracts/vaults/DnGmxJuniorVault.sol, `isValidRebalance`, `rebalance`;
/// contracts/libraries/DnGmxJuniorVaultManager.sol, `_isWithinAllowedDelta`, `_getOptimalPartialBorrows`,
/// `_getOptimalBorrowsFinal`, `_getOptimalCappedBorrows`, `_flashloanAmounts`, `_rebalanceBorrow`
struct rage_trade_rules {
  seconds interval{86'400};
  basis_points deviation{500.0};
  double health_floor = 1.2;
  double target_health = 1.5;
  double least_hedge = 1.0;                                 ///< USDC
  std::array<double, 2> partial_above{infinity, infinity};  ///< USDC
  std::array<basis_points, 2> slippage{basis_points{100.0}, basis_points{100.0}};

  /// @errors not_finite, bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {deviation.count, health_floor, target_health, least_hedge})
      if (!is_finite(x)) return errc::not_finite;
    bool sound = interval.count() >= 0 && deviation.count >= 0.0 && health_floor >= 0.0 && target_health > 1.0 &&
                 least_hedge >= 0.0;
    for (std::size_t i = 0; i < 2; ++i)
      sound = sound && partial_above[i] > 0.0 && slippage[i].count >= 0.0 && slippage[i].count <= 1e4;
    return sound ? errc::ok : errc::bad_configuration;
  }

  /// @errors of the answer: inside_band; not_finite, negative_amount, non_positive_price, threshold_range (not between
  /// 0 and the target), all of which refuse
  [[nodiscard]] constexpr rage_trade_answer decide(const rage_trade_look& l) const noexcept;

private:
  struct hedge {
    std::array<double, 2> borrow{};
    double lent = 0.0;
    bool capped = false;
  };
  // The hedge that the senior vault can pay for.
  [[nodiscard]] constexpr hedge affordable(const rage_trade_look& l,
                                           const std::array<double, 2>& wanted) const noexcept {
    hedge h{.borrow = wanted};
    const auto &a = l.token[0], &b = l.token[1];
    const double own = (target_health - l.threshold) / l.threshold;
    h.lent = own * (wanted[0] * a.price + wanted[1] * b.price);
    if (!above(h.lent, l.lent) || !above(h.lent - l.lent, l.available)) return h;
    h.capped = true;
    h.lent = l.lent + l.available;
    const double all = a.weight * a.price + b.weight * b.price;
    for (std::size_t i = 0; i < 2; ++i) h.borrow[i] = h.lent / own * (l.token[i].weight / all);
    return h;
  }
  // |x − y| > gap, to within the rounding of x and y themselves.
  static constexpr bool apart(double x, double y, double gap) noexcept {
    return above(x, y + gap) || above(y, x + gap);
  }
  static constexpr errc check(const rage_trade_look& l) noexcept {
    for (const auto& t : l.token) {
      if (!is_finite(t.wanted) || !is_finite(t.borrowed) || !is_finite(t.price) || !is_finite(t.weight))
        return errc::not_finite;
      if (t.wanted < 0.0 || t.borrowed < 0.0 || t.weight < 0.0) return errc::negative_amount;
      if (!(t.price > 0.0)) return errc::non_positive_price;
    }
    if (!(l.health == l.health) || !is_finite(l.lent) || !(l.available == l.available)) return errc::not_finite;
    return l.available < 0.0 ? errc::negative_amount : errc::ok;
  }
};

constexpr rage_trade_answer rage_trade_rules::decide(const rage_trade_look& l) const noexcept {
  using trigger::hedge_reason;
  rage_trade_answer a;
  a.last_rebalance = l.last_rebalance;
  const auto refused = [&](errc why) { return a.verdict = verdict::refuse, a.why = why, a; };
  if (const errc e = check(l); e != errc::ok) return refused(e);
  if (!(l.threshold > 0.0 && l.threshold < target_health)) return refused(errc::threshold_range);
  std::array<double, 2> wanted{l.token[0].wanted, l.token[1].wanted};
  const hedge whole = affordable(l, wanted);
  bool drifted = false;
  for (std::size_t i = 0; i < 2; ++i) {
    const double borrowed = l.token[i].borrowed;
    drifted = drifted || apart(whole.borrow[i], borrowed, deviation.fraction() * borrowed);
  }
  const bool aged = l.last_rebalance == never || l.now - l.last_rebalance > interval;
  a.reason = aged                            ? hedge_reason::interval
             : drifted                       ? hedge_reason::drift
             : below(l.health, health_floor) ? hedge_reason::health
                                             : hedge_reason::none;
  if (a.reason == hedge_reason::none) return a;

  bool partial = false;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& t = l.token[i];
    const double most = partial_above[i] / t.price;
    a.token[i].partial = apart(t.wanted, t.borrowed, most);
    if (a.token[i].partial) wanted[i] = t.wanted > t.borrowed ? t.borrowed + most : t.borrowed - most;
    partial = partial || a.token[i].partial;
  }
  const hedge h = affordable(l, wanted);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& t = l.token[i];
    auto& leg = a.token[i];
    leg.change = h.borrow[i] - t.borrowed;
    const double slip = slippage[i].fraction();
    leg.usdc = magnitude(leg.change) * t.price * (leg.change > 0.0 ? 1.0 - slip : 1.0 + slip);
    leg.too_small = below(leg.usdc, least_hedge);
    if (leg.too_small) leg.change = leg.usdc = 0.0;
  }
  a.verdict = verdict::rebalance;
  a.why = errc::ok;
  a.capped = h.capped;
  a.lent_change = h.lent - l.lent;
  if (!partial) a.last_rebalance = l.now;
  return a;
}

}  // namespace trimtab::preset
