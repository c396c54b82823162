// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/core/time.hpp>

#include <cstdint>

namespace trimtab::health {

namespace detail {

/// @brief (1 − x)^n with x in [0, 1) and n ≥ 0, to a few units of 2⁻⁵³ whatever n is: by squaring, in pairs of doubles.
/// A power of the rounded 1 − x would lose n times its last digit.
constexpr double power_of_complement(double x, long long n) noexcept {
  struct pair {
    double high, low;
  };
  const auto times = [](pair a, pair b) {
    const double product = a.high * b.high;
    const double low = product_error(a.high, b.high, product) + (a.high * b.low + a.low * b.high);
    const double high = product + low;
    return pair{high, low - (high - product)};
  };
  const double nearest = 1.0 - x;
  pair base{nearest, sum_error(1.0, -x, nearest)}, power{1.0, 0.0};
  for (auto left = static_cast<std::uint64_t>(n); left != 0; left >>= 1) {
    if ((left & 1U) != 0) power = times(power, base);
    base = times(base, base);
  }
  return power.high;
}
constexpr bool is_a_fall(basis_points lost) noexcept {
  return lost.count >= 0.0 && lost.count < 1e4;
}

}  // namespace detail

/// @brief Auction price that falls to zero in a straight line. Formula   top·(1 − t/tau), 0 from tau on
/// @return DAI per collateral; NaN before the start or without a positive tau
/// @source dss, abaci.sol LinearDecrease; the contract rounds down twice, by less than top + 1 units of 10⁻²⁷
struct linear_decrease {
  seconds tau{};
  [[nodiscard]] constexpr double price(double top, seconds elapsed) const noexcept {
    if (elapsed.count() < 0 || tau.count() <= 0) return std::numeric_limits<double>::quiet_NaN();
    if (elapsed >= tau) return 0.0 * top;
    return top * (static_cast<double>((tau - elapsed).count()) / static_cast<double>(tau.count()));
  }
};

/// @brief Auction price that falls by a share at the end of every step. Formula   top·cut^⌊t/step⌋, cut = 1 − lost
/// The share lost is kept, not cut: near 1 it has the digits that a power needs.
/// @return DAI per collateral; NaN before the start, without a positive step, or with a share outside [0, 1)
/// @source dss, abaci.sol StairstepExponentialDecrease; `rpow` rounds to nearest at each product, which after n steps
/// is at most n/2 units of 10⁻²⁷·top off: an error of ½ in the base, doubled by every squaring
struct stairstep_exponential_decrease {
  seconds step{90};
  basis_points lost{100};  ///< 1 − cut
  [[nodiscard]] constexpr double price(double top, seconds elapsed) const noexcept {
    if (elapsed.count() < 0 || step.count() <= 0 || !detail::is_a_fall(lost)) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    return top * detail::power_of_complement(lost.fraction(), elapsed.count() / step.count());
  }
};

/// @brief Auction price that falls by a share every second. Formula   top·cut^t, cut = 1 − lost
/// @return DAI per collateral; NaN before the start or with a share outside [0, 1)
/// @source dss, abaci.sol ExponentialDecrease; rounding as in `stairstep_exponential_decrease`
struct exponential_decrease {
  basis_points lost{};  ///< a second, 1 − cut
  [[nodiscard]] constexpr double price(double top, seconds elapsed) const noexcept {
    return stairstep_exponential_decrease{.step = seconds{1}, .lost = lost}.price(top, elapsed);
  }
};

/// One running auction.
struct maker_sale {
  double tab = 0.0;  ///< what it must still raise, DAI
  double lot = 0.0;  ///< collateral that is left
  double top = 0.0;  ///< starting price, DAI per collateral
};

/// What a buyer pays and gets, and what is left of the sale.
struct maker_purchase {
  double paid = 0.0;               ///< DAI
  double bought = 0.0;             ///< collateral
  double tab_left = 0.0;           ///< with no lot left: never recovered, the system's loss
  double lot_left = 0.0;           ///< on sale still
  double returned_to_owner = 0.0;  ///< collateral that the paid-off sale did not need
};

/// @brief The auction house of one ilk of Maker (Sky), liquidations 2.0: falling price, purchases in part, a redo when
/// the price has fallen too far. A curve is passed by its price, so that any of the three will do.
/// @source dss, clip.sol, commit fa4f663
struct maker_auction {
  double buf = 1.2;     ///< starting price over the oracle's, ≥ 1 as a rule
  seconds tail{8400};   ///< an auction older than this must be restarted
  double cusp = 0.4;    ///< so must one whose price is below this part of `top`
  double chost = 0.0;   ///< dust with its penalty, DAI: what a purchase in part must leave
  double tip = 0.0;     ///< flat reward of who starts or restarts, DAI
  basis_points chip{};  ///< reward in proportion to tab

  /// @brief What the seized collateral and debt become. Formula   top = price·buf / par, tab from `maker::tab`
  [[nodiscard]] constexpr maker_sale start(double tab, double lot, double price, double par = 1.0) const noexcept {
    return {.tab = tab, .lot = lot, .top = price / par * buf};
  }
  /// Nobody may buy until somebody restarts it at a new price. A NaN needs that too.
  [[nodiscard]] constexpr bool needs_redo(const maker_sale& sale, double price, seconds elapsed) const noexcept {
    return elapsed > tail || !(price >= cusp * sale.top);
  }
  /// @brief Reward for starting an auction, DAI. Formula   tip + chip·tab
  [[nodiscard]] constexpr double incentive(double tab) const noexcept { return tip + chip.fraction() * tab; }
  /// Reward for restarting one: none where the tab or the lot at the oracle's price is below `chost`.
  [[nodiscard]] constexpr double redo_incentive(const maker_sale& sale, double oracle_price) const noexcept {
    return sale.tab >= chost && sale.lot * oracle_price >= chost ? incentive(sale.tab) : 0.0;
  }

  /// @brief Buys at most `amount` of the collateral at the curve's price now.
  ///
  /// Never more than pays off the tab. What would leave less than `chost` to raise, with collateral left, is cut to
  /// leave `chost`; where the tab is no more than that, only the whole lot is sold.
  /// @param price        the curve's, now; @param elapsed since the start
  /// @param amount       collateral wanted; infinity for all of it; @param highest_price the buyer's limit
  /// @errors expired (needs a redo), slippage (dearer than the buyer's limit), negative_amount (an amount not above 0),
  /// dust (no purchase in part), not_finite, non_positive_price, time_backwards (before it began)
  [[nodiscard]] constexpr result<maker_purchase> take(const maker_sale& sale, double price, seconds elapsed,
                                                      double amount, double highest_price = infinity) const noexcept {
    if (!is_finite(price) || !is_finite(sale.tab) || !is_finite(sale.lot) || !is_finite(sale.top) || chost != chost)
      return errc::not_finite;
    if (!(amount > 0.0) || !(sale.tab > 0.0) || !(sale.lot > 0.0)) return errc::negative_amount;
    if (elapsed.count() < 0) return errc::time_backwards;
    if (needs_redo(sale, price, elapsed)) return errc::expired;
    if (!(highest_price >= price)) return errc::slippage;
    if (!(price > 0.0)) return errc::non_positive_price;
    maker_purchase out;
    out.bought = smaller(amount, sale.lot);
    out.paid = out.bought * price;
    if (out.paid > sale.tab) {
      out.paid = sale.tab;
      out.bought = smaller(out.bought, out.paid / price);
    } else if (out.paid < sale.tab && out.bought < sale.lot && sale.tab - out.paid < chost) {
      if (!(sale.tab > chost)) return errc::dust;
      out.paid = sale.tab - chost;
      out.bought = smaller(out.bought, out.paid / price);
    }
    out.tab_left = sale.tab - out.paid;
    out.lot_left = sale.lot - out.bought;
    if (!(out.tab_left > 0.0)) {
      out.returned_to_owner = out.lot_left;
      out.lot_left = 0.0;
    }
    return out;
  }
};

}  // namespace trimtab::health
