// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/kamino.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/preset/paid_in_collateral.hpp>
#include <trimtab/preset/threshold.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace trimtab::preset {

/// What an order waits for. "Ratio" is the price of the debt in the collateral.
enum class kamino_condition : std::uint8_t {
  never,
  ltv_above,
  ltv_below,
  ratio_above,
  ratio_below,
  always,
  liquidation_closer_than,  ///< unhealthy LTV less LTV, strictly below the threshold
};

constexpr bool is_price_triggered(kamino_condition c) noexcept {
  return c != kamino_condition::never && c != kamino_condition::always;
}

/// @brief One order of an obligation: anybody may repay so much and is paid a bonus that grows with the distance from
/// the threshold.
/// @source Kamino-Finance/klend, commit edd5ff5: obligation_order_operations.rs, obligation.rs ObligationOrder
struct kamino_order {
  kamino_condition when = kamino_condition::never;
  double threshold = 0.0;        ///< LTV, ratio or difference of LTVs; 0 for always and never
  double amount = 0.0;           ///< debt tokens of the single debt; infinity: all debt, of any asset
  basis_points least_bonus{};    ///< at the threshold
  basis_points largest_bonus{};  ///< at the liquidation LTV (stop loss), at nothing owed (take profit); at most 1000

  friend constexpr bool operator==(const kamino_order&, const kamino_order&) = default;
};

/// @brief Does the program take this order? @errors not_finite, bad_configuration
/// @source obligation_order_operations.rs `validate_order`
constexpr errc validate(const kamino_order& o) noexcept {
  using enum kamino_condition;
  if (!is_finite(o.threshold) || o.amount != o.amount || !is_finite(o.least_bonus.count) ||
      !is_finite(o.largest_bonus.count))
    return errc::not_finite;
  if (o.when == never) return o == kamino_order{} ? errc::ok : errc::bad_configuration;
  bool sound = o.amount > 0.0 && o.least_bonus.count >= 0.0 && o.least_bonus.count <= o.largest_bonus.count &&
               o.largest_bonus.count <= 1000.0;
  switch (o.when) {
    case ratio_above:
    case ratio_below:
      sound = sound && o.threshold >= 1e-15 && o.threshold <= 1e15;
      break;
    case ltv_above:
    case ltv_below:
    case liquidation_closer_than:
      sound = sound && o.threshold >= 0.01 && o.threshold < 1.0;
      break;
    case always:
      sound = sound && o.threshold == 0.0 && o.least_bonus == o.largest_bonus;
      break;
    case never:
      break;
  }
  return sound ? errc::ok : errc::bad_configuration;
}

/// The order after somebody repaid so much under it and debt is left: an amount used up is no order any more.
/// @source obligation.rs `consume`
constexpr kamino_order after_execution(kamino_order o, double repaid) noexcept {
  if (o.amount == infinity) return o;
  o.amount -= repaid;
  return o.amount > 0.0 ? o : kamino_order{};
}

/// What the conditions look at.
struct kamino_obligation {
  double ltv = 0.0;            ///< debt, borrow factors included, over collateral
  double unhealthy_ltv = 0.0;  ///< Σ threshold·value over collateral
  double plain_ltv = 0.0;      ///< without borrow factors
  double ratio = 0.0;          ///< price of the debt in the collateral
};

/// @brief Whether an order's condition holds, and the bonus it then pays.
///
///     stop loss (value above the threshold): distance = (value − threshold)/(at liquidation − threshold), 1 where the
///                                            threshold is not below liquidation
///     take profit (value below it):          distance = (threshold − value)/threshold
///     bonus = min(least + distance·(largest − least), max(0, 1 − plain LTV))
///
/// Strict: at its threshold an order waits.
/// @source obligation_order_operations.rs `evaluate_order_condition`, liquidation_operations.rs
/// `calculate_order_execution_bonus_rate`
struct kamino_hit {
  bool holds = false;
  double bonus = 0.0;  ///< fraction of the debt repaid

  static constexpr kamino_hit of(const kamino_order& o, const kamino_obligation& b) noexcept {
    using enum kamino_condition;
    switch (o.when) {
      case never:
        return {};
      case always:
        return at(o, b, 0.0);
      case ltv_above:
        return stop_loss(o, b, b.ltv, o.threshold, b.unhealthy_ltv);
      case liquidation_closer_than:
        return stop_loss(o, b, b.ltv, larger(0.0, b.unhealthy_ltv - o.threshold), b.unhealthy_ltv);
      case ratio_above:
        return stop_loss(o, b, b.ratio, o.threshold, b.ratio * b.unhealthy_ltv / b.ltv);
      case ltv_below:
        return take_profit(o, b, b.ltv);
      case ratio_below:
        return take_profit(o, b, b.ratio);
    }
    return {};
  }

private:
  static constexpr kamino_hit at(const kamino_order& o, const kamino_obligation& b, double distance) noexcept {
    const double bonus = o.least_bonus.fraction() + distance * (o.largest_bonus.fraction() - o.least_bonus.fraction());
    return {true, smaller(bonus, larger(0.0, 1.0 - b.plain_ltv))};
  }
  static constexpr kamino_hit stop_loss(const kamino_order& o, const kamino_obligation& b, double value,
                                        double threshold, double liquidation) noexcept {
    if (!above(value, threshold)) return {};
    return at(o, b, threshold >= liquidation ? 1.0 : (value - threshold) / (liquidation - threshold));
  }
  static constexpr kamino_hit take_profit(const kamino_order& o, const kamino_obligation& b, double value) noexcept {
    if (!below(value, o.threshold)) return {};
    return at(o, b, (o.threshold - value) / o.threshold);
  }
};

/// @brief An obligation's orders and the market's two switches.
struct kamino_orders {
  static constexpr std::size_t most = 2;

  std::array<kamino_order, most> orders{};
  bool execution_enabled = true;
  bool price_triggers_disabled = false;  ///< the market's switch: liquidations too

  /// @errors those of the orders
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const kamino_order& o : orders)
      if (const errc e = preset::validate(o); e != errc::ok) return e;
    return errc::ok;
  }
  struct applicable {
    errc why = errc::inside_band;  ///< ok: `order` may be executed
    std::size_t order = 0;
    double bonus = 0.0;
  };
  /// @brief The first order whose condition holds and which the market lets run.
  /// @errors not_finite, not_liquidatable (an ordinary liquidation comes first), inside_band (no condition holds),
  /// reserve_closed (one does, and a switch forbids it)
  [[nodiscard]] constexpr applicable find(const kamino_obligation& b) const noexcept {
    if (!(b.ltv == b.ltv) || !(b.unhealthy_ltv == b.unhealthy_ltv) || !(b.plain_ltv == b.plain_ltv) ||
        !(b.ratio == b.ratio))
      return {.why = errc::not_finite};
    if (!price_triggers_disabled && !below(b.ltv, b.unhealthy_ltv)) return {.why = errc::not_liquidatable};
    bool forbidden = false;
    for (std::size_t i = 0; i < most; ++i) {
      const kamino_hit hit = kamino_hit::of(orders[i], b);
      if (!hit.holds) continue;
      if (execution_enabled && !(price_triggers_disabled && is_price_triggered(orders[i].when)))
        return {errc::ok, i, hit.bonus};
      forbidden = true;
    }
    return {.why = forbidden ? errc::reserve_closed : errc::inside_band};
  }
};

}  // namespace trimtab::preset
