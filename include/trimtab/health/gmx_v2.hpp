// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/perp_position.hpp>

namespace trimtab::health {

/// Which branch of GMX's test a form was built for: `gmx_v2::at` fills it in.
struct gmx_v2_piece {
  bool at_floor = false;       ///< the fixed minimum is what liquidation asks, not the share of the size
  double opening_asked = 0.0;  ///< USD: what opening asks there, the minimum or this position's share
  bool capped_profit = false;  ///< in profit while the pool pays only a share of it: for this position alone
  double size = 0.0;           ///< of that position, USD at entry
  double tokens = 0.0;
};

/// @brief One position of GMX V2: a margin token, a long or short of the index, and its size in USD fixed at entry.
///
/// Class piecewise linear. The position is what `open_long` and `open_short` make of an account, with `usd` as the
/// quote: a long is N of the index held and its size owed, a short the reverse; the margin is a holding of its own,
/// also where it is the index's token. Costs are an input, USD.
///
/// Liquidated while   margin + pnl − costs < max(minimum, f·size)
/// Form   long  C = margin + N·p,  D = (1 + f)·size + costs;  short  C = margin + (1 − f)·size,  D = N·p + costs
/// so that C − D is the remaining collateral less what is asked, and C / D is 1 exactly where GMX liquidates. Where the
/// minimum is larger than f·size it is a constant in D. Where the pool pays only a share φ of profits, p moves the
/// long's C by φ·N·p and (1 − φ)·size is a constant in it, and for a short likewise: that form is one position's, up to
/// its entry price. Strictness is mixed: GMX asks "< minimum", "< f·size" and "≤ 0". The last decides only where the
/// others ask nothing. The margin and a long read the lower price of their slot, a short the upper one: against the
/// trader, as GMX does.
/// @source gmx-synthetics, PositionUtils.sol isPositionLiquidatable, commit a5c0c88
struct gmx_v2 {
  static constexpr form_class kind = form_class::piecewise_linear;
  /// What the constants of the form are listed under; no token has this number.
  static constexpr asset_id constant_asset{0xffff'ffff};

  asset_id margin{};
  asset_id index{};
  asset_id usd{};
  price_slot margin_min_slot{};
  price_slot index_min_slot{};
  price_slot index_max_slot{};
  price_slot usd_slot{};              ///< a constant 1
  basis_points liquidation_factor{};  ///< minCollateralFactorForLiquidation, f: 100 by default, 50 on some markets
  basis_points opening_factor{};      ///< minCollateralFactor, at least f
  double minimum_collateral = 1.0;    ///< USD
  double costs =
      0.0;  ///< USD: position fee, borrowing, funding, negative price impact up to its cap; no liquidation fee
  basis_points liquidation_fee{};  ///< of the size
  double profit_share = 1.0;       ///< φ: 1 unless the pool's profits are capped
  gmx_v2_piece piece{};

  /// @errors threshold_range (a factor outside [0, 1], φ outside [opening factor, 1]), bad_configuration (opening
  /// looser
  ///         than liquidation, one asset twice), not_finite, negative_amount, asset_mismatch (a holding not listed, or
  ///         no single position), capacity (no room for the constants)
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept;

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return margin_form<S>(a, liquidation_factor, minimum_collateral);
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return margin_form<S>(a, opening_factor, piece.opening_asked);
  }

  /// @errors size_mismatch (a slot that only the edge reads), outside_validity (the minimum decides where the share was
  /// assumed or the reverse; across the entry price, or
  ///         another position, where profits are capped)
  template <std::size_t N>
  constexpr errc holds_at(const account<N>& a, oracle_prices<double> prices) const noexcept {
    if (!has_slots(prices)) return errc::size_mismatch;
    const position held = position_of(a);
    const auto differ = [](double x, double y) { return x < y || x > y; };  // not when one is a NaN
    // At the floor, a size that the share would decide has another opening requirement too.
    if (held.tokens > 0.0 && (piece.at_floor ? differ(piece.opening_asked, opening(held))
                                             : liquidation_factor.fraction() * held.size < minimum_collateral))
      return errc::outside_validity;
    if (profit_share == 1.0) return errc::ok;
    const double profit = profit_of(held, prices);
    if (!piece.capped_profit) return profit > 0.0 ? errc::outside_validity : errc::ok;
    const bool another = differ(held.size, piece.size) || differ(held.tokens, piece.tokens);
    return profit < 0.0 || another ? errc::outside_validity : errc::ok;
  }
  /// The model for this position at these prices.
  template <std::size_t N>
  constexpr gmx_v2 at(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const position held = position_of(a);
    gmx_v2 out = *this;
    if (!has_slots(prices)) return out;  // which the door refuses
    out.piece = {.at_floor = liquidation_factor.fraction() * held.size < minimum_collateral,
                 .capped_profit = profit_share < 1.0 && profit_of(held, prices) > 0.0};
    if (out.piece.at_floor) out.piece.opening_asked = opening(held);
    if (out.piece.capped_profit) out.piece.size = held.size, out.piece.tokens = held.tokens;
    return out;
  }
  /// The prices of one slot for which this form is the position's: all of them, unless profits are capped, where the
  /// entry price is an edge (of the lower index price for a long, of the upper one for a short).
  template <std::size_t N>
  constexpr price_range valid_prices(const account<N>& a, oracle_prices<double> prices,
                                     price_slot slot) const noexcept {
    const position held = position_of(a);
    const price_slot index_slot = held.is_long ? index_min_slot : index_max_slot;
    if (profit_share == 1.0 || !(held.tokens > 0.0)) return {};
    const bool moves_index = slot == index_slot;
    if (!moves_index && !(slot == usd_slot)) return {};
    const double worth = held.tokens * prices[index_slot].value, paid = held.size * prices[usd_slot].value;
    const double edge = moves_index ? paid / held.tokens : worth / held.size;
    return (held.is_long == piece.capped_profit) == moves_index ? price_range{.low = edge} : price_range{.high = edge};
  }

  /// Margin and profit less costs, base currency: what GMX compares.
  template <std::size_t N>
  constexpr double remaining(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const double profit = profit_of(position_of(a), prices);
    double sum = (profit > 0.0 ? profit_share * profit : profit) - costs * prices[usd_slot].value;
    for (const holding& h : a)
      if (h.asset == margin) sum += h.collateral * prices[margin_min_slot].value;
    return sum;
  }
  /// @brief Margin ratio: remaining collateral over what liquidation asks.
  /// @return 1 exactly where health is; +inf without a position
  template <std::size_t N>
  constexpr double reported(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const position held = position_of(a);
    if (held.tokens <= 0.0) return infinity;
    return remaining(a, prices) /
           (larger(minimum_collateral, liquidation_factor.fraction() * held.size) * prices[usd_slot].value);
  }

  /// Health apart, nothing is held back.
  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>&, asset_id) const noexcept {
    return true;
  }
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>&, asset_id asset) const noexcept {
    return asset == usd || asset == index;
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double>) const noexcept { return 0.0; }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::borrow_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept {
    return minimum_collateral > 0.0 || liquidation_factor.count > 0.0 ? boundary::below_one : boundary::at_or_below_one;
  }
  /// The keeper is paid by the fee, not by the position.
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>&, oracle_prices<double>, asset_id) const noexcept {
    return {};
  }
  /// @brief The contract's remaining collateral against the form, relative: it counts USD in 10⁻³⁰, and rounds the
  /// factor's product, the share of a profit, and each cost once. The costs are the caller's.
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const auto f = liquidation_form<double>(a);
    const double backed = weighted_value(f.collateral, prices), owed = weighted_value(f.debt, prices);
    constexpr double grain = 8e-30;
    return owed > 0.0 && backed > 0.0 ? grain / backed + grain / owed + 0x1p-50 : 0.0;
  }

  /// @brief The whole position is closed at the oracle's price, whichever of its holdings is named.
  ///
  /// What is left after costs and the liquidation fee is `credited`, at these prices, in the margin token.
  /// @errors asset_mismatch, negative_amount, outside_validity, not_liquidatable, not_finite, dust (a part of it)
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept;

private:
  struct position {
    bool is_long = true;
    double tokens = 0.0, size = 0.0;
  };
  [[nodiscard]] constexpr bool has_slots(oracle_prices<double> prices) const noexcept {
    return prices.has({margin_min_slot, index_min_slot, index_max_slot, usd_slot});
  }
  template <std::size_t N>
  constexpr position position_of(const account<N>& a) const noexcept {
    position out;
    for (const holding& h : a) {
      if (h.asset == index) out.is_long = h.debt <= 0.0, out.tokens = h.collateral + h.debt;
      if (h.asset == usd) out.size = h.collateral + h.debt;
    }
    return out;
  }
  /// What opening asks of a position, USD.
  [[nodiscard]] constexpr double opening(const position& p) const noexcept {
    return larger(minimum_collateral, opening_factor.fraction() * p.size);
  }
  [[nodiscard]] constexpr double profit_of(const position& p, oracle_prices<double> prices) const noexcept {
    // Without tokens no form has read the price: it may be none.
    const double worth = p.tokens > 0.0 ? p.tokens * prices[p.is_long ? index_min_slot : index_max_slot].value : 0.0;
    const double paid = p.size * prices[usd_slot].value;
    return p.is_long ? worth - paid : paid - worth;
  }
  [[nodiscard]] constexpr price_slot slot_of(asset_id asset, bool owed) const noexcept {
    return asset == margin ? margin_min_slot : asset == usd ? usd_slot : owed ? index_max_slot : index_min_slot;
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> margin_form(const account<N>& a, basis_points factor, double at_floor) const
      noexcept(std::floating_point<S>);
};

template <Scalar S, std::size_t N>
constexpr form<S, N> gmx_v2::margin_form(const account<N>& a, basis_points factor, double at_floor) const
    noexcept(std::floating_point<S>) {
  form<S, N> f;
  const double share = piece.capped_profit ? profit_share : 1.0, asked = piece.at_floor ? 0.0 : factor.fraction();
  bool owes = false;
  for (const holding& h : a) {
    const bool is_index = h.asset == index, is_usd = h.asset == usd;
    if (!is_index && !is_usd && !(h.asset == margin)) continue;  // refused by validate
    // Listed with nothing: takes part with zero, so that a trade can open it. Not "> 0": a NaN takes part too.
    const bool opening = h.collateral == 0.0 && h.debt == 0.0;
    const double held_weight = is_index ? share : is_usd ? share - asked : 1.0;
    if (!(h.collateral <= 0.0) || opening)
      f.collateral.add({literal<S>(h.collateral), literal<S>(held_weight), slot_of(h.asset, false), h.asset});
    if (!(h.debt <= 0.0) || opening)
      f.debt.add({literal<S>(h.debt), literal<S>(is_usd ? 1.0 + asked : 1.0), slot_of(h.asset, true), h.asset});
    owes = owes || !(h.debt <= 0.0);
  }
  const double constant = costs + (piece.at_floor ? at_floor : 0.0);
  if (owes && constant != 0.0) f.debt.add({literal<S>(constant), literal<S>(1.0), usd_slot, constant_asset});
  if (piece.capped_profit) {
    const bool is_long = position_of(a).is_long;
    f.collateral.add({literal<S>(is_long ? piece.size : piece.tokens), literal<S>(1.0 - profit_share),
                      is_long ? usd_slot : index_max_slot, constant_asset});
  }
  return f;
}

template <std::size_t N>
constexpr errc gmx_v2::validate(const account<N>& a) const noexcept {
  for (const basis_points b : {liquidation_factor, opening_factor, liquidation_fee})
    if (!(b.count >= 0.0 && b.count <= 1e4)) return errc::threshold_range;
  if (!(profit_share >= opening_factor.fraction() && profit_share <= 1.0)) return errc::threshold_range;
  if (opening_factor.count < liquidation_factor.count) return errc::bad_configuration;
  if (margin == index || margin == usd || index == usd) return errc::bad_configuration;
  for (const double x : {minimum_collateral, costs}) {
    if (!is_finite(x)) return errc::not_finite;
    if (x < 0.0) return errc::negative_amount;
  }
  bool is_long = false, is_short = false;
  for (const holding& h : a) {
    const bool is_index = h.asset == index, is_usd = h.asset == usd;
    if (!is_index && !is_usd && (!(h.asset == margin) || h.debt != 0.0)) return errc::asset_mismatch;
    is_long = is_long || (is_index && h.collateral > 0.0) || (is_usd && h.debt > 0.0);
    is_short = is_short || (is_index && h.debt > 0.0) || (is_usd && h.collateral > 0.0);
  }
  if (is_long && is_short) return errc::asset_mismatch;
  return a.size() == N ? errc::capacity : errc::ok;
}

template <std::size_t N>
constexpr result<liquidation_outcome> gmx_v2::liquidate(const account<N>& a, oracle_prices<double> prices,
                                                        const liquidation_request& request) const noexcept {
  if (const errc refused = detail::closing_refused(*this, a, prices, request); refused != errc::ok) return refused;
  const holding *held = a.find(request.collateral), *owed = a.find(request.debt);
  if (request.repay < owed->debt) return errc::dust;

  const double debt_price = prices[slot_of(request.debt, true)].value, usd_price = prices[usd_slot].value;
  double all_held = 0.0;
  for (const holding& h : a)
    if (h.collateral > 0.0) all_held += h.collateral * prices[slot_of(h.asset, false)].value;
  const double left = remaining(a, prices);
  const double fee = smaller(larger(0.0, left), liquidation_fee.fraction() * position_of(a).size * usd_price);
  liquidation_outcome out;
  out.repaid = smaller(owed->debt, all_held / debt_price);  // the costs come last
  out.bad_debt = owed->debt - out.repaid;
  out.seized = held->collateral;
  out.protocol_fee = smaller(held->collateral, fee / prices[slot_of(request.collateral, false)].value);
  const bool in_margin = a.find(margin) != nullptr;
  if (in_margin) out.credited_asset = margin;
  out.credited = larger(0.0, left - fee) / (in_margin ? prices[margin_min_slot].value : debt_price);
  out.whole_account = true;
  return out;
}

}  // namespace trimtab::health
