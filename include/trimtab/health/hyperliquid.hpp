// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/hyperliquid_market.hpp>
#include <trimtab/health/perp_position.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace trimtab::health {

/// @brief A cross-margined account of a perpetual exchange, like Hyperliquid's.
///
/// Class piecewise linear: for the margin tiers in `tier`; `at(account, prices)` gives the model for where the
/// positions are now. Positions are what `open_long` and `open_short` make of an account: N of the index held and N·F
/// of the quote owed, or the reverse; margin, funding and fees are quote.
///
/// Liquidated while   equity < Σ (m·N·p − deduction)   strict
/// Form               C = quote held + Σ long (1 − m)·N·p + deductions,  D = quote owed + Σ short (1 + m)·N·p
/// so that C − D is equity less maintenance margin, and C / D is 1 exactly where the exchange liquidates. The ratio
/// that the exchange prints is `reported`.
///
/// The borrow form asks the initial margin, without deductions. (A withdrawal must by the documentation also leave 10 %
/// of all notional; that is not in it.) No bonus, no minimum debt. At or above ⅔ of the maintenance margin the market
/// closes a position at the mark; below it, the backstop takes the whole account with what margin is left.
/// @source Hyperliquid's documentation: margining, margin tiers, liquidations. The engine's rounding is not published:
/// `rounding_bound` is a tolerance of one unit (10⁻⁶) of the quote a holding, and nothing here is exact to the bit.
struct hyperliquid {
  static constexpr form_class kind = form_class::piecewise_linear;
  static constexpr std::size_t max_markets = 16;
  /// What the deductions are listed under; no token has this number.
  static constexpr asset_id deduction_asset{0xffff'ffff};

  asset_id quote{};
  price_slot quote_slot{};  ///< a constant 1 when marks are quoted in the quote
  std::span<const hyperliquid_market> markets;
  std::array<std::uint8_t, max_markets> tier{};  ///< the piece: which tier each market's position is in

  /// @errors capacity (too many markets, or no room for the deductions), bad_configuration (a table without rising
  ///         steps from 0, a piece it lacks), threshold_range (a margin outside (0, ½], an initial one outside [0, 1]),
  ///         duplicate_asset, asset_mismatch (not listed, or long and short of one index)
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept;

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    form<S, N> f = margin_form<S>(a, [this](std::size_t k) { return maintenance_of(k); });
    if (const double off = deductions(); off > 0.0)
      f.collateral.add({literal<S>(off), literal<S>(1.0), quote_slot, deduction_asset});
    return f;
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return margin_form<S>(a, [this](std::size_t k) {
      return basis_points{larger(markets[k].initial_margin.count, 2.0 * maintenance_of(k).count)};
    });
  }

  /// Whether each position is in the tier that this piece has for it. @errors size_mismatch (a slot that only the edge
  /// reads), outside_validity
  template <std::size_t N>
  constexpr errc holds_at(const account<N>& a, oracle_prices<double> prices) const noexcept {
    if (!has_slots(a, prices)) return errc::size_mismatch;
    for (std::size_t k = 0; k < markets.size(); ++k) {
      const double size = notional(a, prices, k);
      if (size < markets[k].lower(tier[k]) || size > markets[k].upper(tier[k])) return errc::outside_validity;
    }
    return errc::ok;
  }
  /// The model for the tiers that the positions are in at these prices.
  template <std::size_t N>
  constexpr hyperliquid at(const account<N>& a, oracle_prices<double> prices) const noexcept {
    hyperliquid piece = *this;
    if (!has_slots(a, prices) || markets.size() > max_markets) return piece;  // which the door refuses
    for (std::size_t k = 0; k < markets.size(); ++k) piece.tier[k] = markets[k].tier_of(notional(a, prices, k));
    return piece;
  }
  /// The prices of one slot, a mark or the quote, at which every position stays in its tier.
  template <std::size_t N>
  constexpr price_range valid_prices(const account<N>& a, oracle_prices<double> prices,
                                     price_slot slot) const noexcept {
    price_range range;
    for (std::size_t k = 0; k < markets.size(); ++k) {
      const double size = notional(a, prices, k), now = prices[slot].value;
      const bool by_mark = slot == markets[k].slot, by_quote = slot == quote_slot;
      if (!(size > 0.0) || by_mark == by_quote) continue;
      const double low = markets[k].lower(tier[k]), high = markets[k].upper(tier[k]);
      const double from = by_mark ? low / size : size / high, to = by_mark ? high / size : size / low;
      range = {.low = larger(range.low, now * from), .high = smaller(range.high, now * to)};
    }
    return range;
  }

  /// Account value, base currency: what is held less what is owed, at the marks.
  template <std::size_t N>
  constexpr double equity(const account<N>& a, oracle_prices<double> prices) const noexcept {
    double sum = 0.0;
    for (const holding& h : a) sum += (h.collateral - h.debt) * prices[slot_of(h.asset)].value;
    return sum;
  }
  /// Maintenance margin of this piece, base currency.
  template <std::size_t N>
  constexpr double maintenance(const account<N>& a, oracle_prices<double> prices) const noexcept {
    double sum = -deductions();
    for (std::size_t k = 0; k < markets.size(); ++k) sum += maintenance_of(k).fraction() * notional(a, prices, k);
    return sum * prices[quote_slot].value;
  }
  /// @brief The cross margin ratio that the exchange prints: maintenance margin over equity.
  /// @return 1 exactly where health is; +inf without equity, 0 without positions
  template <std::size_t N>
  constexpr double reported(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const double needed = maintenance(a, prices), has = equity(a, prices);
    if (needed == 0.0) return 0.0;
    return has <= 0.0 ? infinity : needed / has;
  }
  /// Equity below ⅔ of the maintenance margin: the backstop takes the account. A NaN is.
  template <std::size_t N>
  constexpr bool backstop(const account<N>& a, oracle_prices<double> prices) const noexcept {
    return !(3.0 * equity(a, prices) >= 2.0 * maintenance(a, prices));
  }

  /// Health apart, nothing is held back.
  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>&, asset_id) const noexcept {
    return true;
  }
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>&, asset_id asset) const noexcept {
    return asset == quote || index_of(asset) < markets.size();
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double>) const noexcept { return 0.0; }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::borrow_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::below_one; }
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>&, oracle_prices<double>, asset_id) const noexcept {
    return {};
  }
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const auto f = liquidation_form<double>(a);
    const double unit = 1e-6 * prices[quote_slot].value * static_cast<double>(a.size());
    const double backed = weighted_value(f.collateral, prices), owed = weighted_value(f.debt, prices);
    return owed > 0.0 && backed > 0.0 ? unit / backed + unit / owed + 0x1p-50 : 0.0;
  }

  /// @brief One position closed at the mark: {debt: quote, collateral: index} a long, {index, quote} a short; of all
  /// the quote owed, the whole long, and the rest is credited. Below the backstop's edge, the whole account.
  ///
  /// There `protocol_fee` is the margin that goes with it, and other debts go with it: `repaid` is of the one asked
  /// for.
  /// @errors asset_mismatch, negative_amount, outside_validity, not_liquidatable, not_finite, dust (the backstop takes
  ///         no part of an account)
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept;

private:
  template <std::size_t N>
  constexpr bool has_slots(const account<N>& a, oracle_prices<double> prices) const noexcept {
    for (const holding& h : a)
      if (!prices.has(slot_of(h.asset))) return false;
    return prices.has(quote_slot);
  }
  [[nodiscard]] constexpr std::size_t index_of(asset_id asset) const noexcept {
    std::size_t k = 0;
    while (k < markets.size() && !(markets[k].index == asset)) ++k;
    return k;
  }
  [[nodiscard]] constexpr price_slot slot_of(asset_id asset) const noexcept {
    const std::size_t k = index_of(asset);
    return k == markets.size() ? quote_slot : markets[k].slot;
  }
  [[nodiscard]] constexpr basis_points maintenance_of(std::size_t k) const noexcept {
    return markets[k].tiers[tier[k]].maintenance;
  }
  /// Quote.
  [[nodiscard]] constexpr double deductions() const noexcept {
    double sum = 0.0;
    for (std::size_t k = 0; k < markets.size(); ++k) sum += markets[k].deduction(tier[k]);
    return sum;
  }
  /// Size of a market's position, quote.
  template <std::size_t N>
  constexpr double notional(const account<N>& a, oracle_prices<double> prices, std::size_t k) const noexcept {
    for (const holding& h : a)
      if (h.asset == markets[k].index)
        return (h.collateral + h.debt) * prices[markets[k].slot].value / prices[quote_slot].value;
    return 0.0;
  }
  template <Scalar S, std::size_t N, class Margin>
  constexpr form<S, N> margin_form(const account<N>& a, Margin margin) const noexcept(std::floating_point<S>) {
    form<S, N> f;
    for (const holding& h : a) {
      const std::size_t k = index_of(h.asset);
      const bool is_quote = h.asset == quote;
      if (k == markets.size() && !is_quote) continue;  // refused by validate
      const basis_points m = is_quote ? basis_points{} : margin(k);
      // The quote is on both sides even with nothing, so that a trade can open either. Not "> 0": a NaN takes part.
      const bool opening = is_quote || (h.collateral == 0.0 && h.debt == 0.0);
      if (!(h.collateral <= 0.0) || opening)
        f.collateral.add({literal<S>(h.collateral), literal<S>(m.complement()), slot_of(h.asset), h.asset});
      if (!(h.debt <= 0.0) || opening)
        f.debt.add({literal<S>(h.debt), literal<S>(1.0 + m.fraction()), slot_of(h.asset), h.asset});
    }
    return f;
  }
};

template <std::size_t N>
constexpr errc hyperliquid::validate(const account<N>& a) const noexcept {
  if (markets.size() > max_markets) return errc::capacity;
  for (std::size_t k = 0; k < markets.size(); ++k) {
    const hyperliquid_market& m = markets[k];
    if (index_of(m.index) != k || m.index == quote) return errc::duplicate_asset;
    if (const errc e = m.validate(); e != errc::ok) return e;
    if (tier[k] >= m.tiers.size()) return errc::bad_configuration;
  }
  for (const holding& h : a) {
    if (h.asset == quote) continue;
    if (index_of(h.asset) == markets.size() || (h.collateral > 0.0 && h.debt > 0.0)) return errc::asset_mismatch;
  }
  return a.size() == N && deductions() > 0.0 ? errc::capacity : errc::ok;
}

template <std::size_t N>
constexpr result<liquidation_outcome> hyperliquid::liquidate(const account<N>& a, oracle_prices<double> prices,
                                                             const liquidation_request& request) const noexcept {
  if (const errc refused = detail::closing_refused(*this, a, prices, request); refused != errc::ok) return refused;
  const holding *held = a.find(request.collateral), *owed = a.find(request.debt);

  const double debt_price = prices[slot_of(request.debt)].value;
  const double collateral_price = prices[slot_of(request.collateral)].value;
  const double seized_per_repaid = debt_price / collateral_price;
  liquidation_outcome out;
  if (backstop(a, prices)) {
    if (request.repay < owed->debt) return errc::dust;
    double all_held = 0.0, all_owed = 0.0;
    for (const holding& h : a) {
      all_held += h.collateral * prices[slot_of(h.asset)].value;
      all_owed += h.debt * prices[slot_of(h.asset)].value;
    }
    out.repaid = all_held < all_owed ? owed->debt * (all_held / all_owed) : owed->debt;
    out.bad_debt = owed->debt - out.repaid;
    out.seized = held->collateral;
    out.protocol_fee = smaller(held->collateral, larger(0.0, all_held - all_owed) / collateral_price);
    out.whole_account = true;
    out.all_debt_written_off = true;  // taken over with the rest
    return out;
  }
  out = exchange(smaller(request.repay, owed->debt), held->collateral, seized_per_repaid);
  if (out.collateral_left > 0.0 && request.debt == quote && request.repay >= owed->debt) {
    out.credited = out.collateral_left / seized_per_repaid;
    out.seized = held->collateral;
    out.collateral_left = 0.0;
  }
  out.debt_left = owed->debt - out.repaid;
  return out;
}

}  // namespace trimtab::health
