// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/units.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/table.hpp>

#include <cstdint>
#include <limits>
#include <span>

namespace trimtab::health {

/// One quoted token of a Gearbox credit account.
struct gearbox_v3_token {
  asset_id asset{};
  price_slot slot{};         ///< main feed
  price_slot safe_slot{};    ///< the lower of main and reserve feed, as the caller computes it
  bool has_reserve = true;   ///< without, the safe price is 0 and it backs no risky call; name the main slot twice
  basis_points threshold{};  ///< liquidation threshold
  double quota = 0.0;        ///< the account's quota, whole underlying tokens: it counts for no more than that
};

/// @brief Gearbox V3: a credit account that owes one underlying and holds tokens, each counted up to its quota.
///
/// Class piecewise linear: twv = Σ min(value·threshold, quota) and the underlying's own value·threshold, uncapped. The
/// model carries which tokens are capped (`at` finds out) and refuses prices and amounts where others are; the edge in
/// each token's price is `holds_between`. A capped token counts as its quota of underlying and no trade of it moves the
/// form: no term has its asset.
/// Liquidatable strictly below 1, main prices. The borrow form is what a risky call must keep: safe prices, and the
/// minimum health the caller of the account asks for, at least 1; it passes at equality. Debt is principal, interest,
/// quota interest and fees together.
///
/// `liquidate` is the partial liquidation: a payment A repays A·(1 − fee) and buys a token worth A / discount, no
/// underlying; it must end with health 1 or above, and with no debt below the minimum, otherwise it is errc::dust.
/// `closing_payments` (gearbox_v3_closing.hpp) is the full one. There is no close factor. The liquidation of an
/// expired, healthy account is not part of this.
/// @source core-v3, CreditManagerV3.sol, CollateralLogic.sol, CreditLogic.sol calcLiquidationPayments,
/// CreditFacadeV3.sol partiallyLiquidateCreditAccount, commit 510fc65
struct gearbox_v3 {
  static constexpr form_class kind = form_class::piecewise_linear;
  /// What the terms of capped tokens are listed under: no asset of any account.
  static constexpr asset_id quota_asset{std::numeric_limits<std::uint32_t>::max()};

  asset_id underlying{};
  price_slot underlying_slot{};       ///< main feed: quotas, and what the account holds of the underlying
  price_slot underlying_safe_slot{};  ///< the same for the borrow form
  price_slot debt_slot{};             ///< the underlying's main feed again, unless the debt's index is part of it
  basis_points underlying_threshold{};
  std::span<const gearbox_v3_token> tokens{};
  basis_points minimum_health{10'000};       ///< of a risky call, at least 10000
  double minimum_borrow = 0.0;               ///< whole underlying tokens
  basis_points liquidation_discount{9'600};  ///< what a liquidator pays of the value; 10000 − premium
  basis_points liquidation_fee{150};
  int underlying_decimals = 18;
  std::uint64_t capped = 0;       ///< bit i: token i of the table counts as its quota, at main prices
  std::uint64_t capped_safe = 0;  ///< the same at safe prices

  /// The model of the piece that the account is on at these prices. What is not there leaves its token
  /// uncapped: the door names it.
  template <std::size_t N>
  [[nodiscard]] constexpr gearbox_v3 at(const account<N>& a, oracle_prices<double> prices) const noexcept {
    gearbox_v3 piece = *this;
    piece.capped = piece.capped_safe = 0;
    if (tokens.size() > 64 || !prices.has({underlying_slot, underlying_safe_slot})) return piece;  // the door's to name
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (!prices.has(tokens[i].slot) || (tokens[i].has_reserve && !prices.has(tokens[i].safe_slot))) continue;
      const double held = collateral_of(a, tokens[i].asset);
      if (counted(i, held, prices, tokens[i].slot) > quota_value(i, prices, underlying_slot))
        piece.capped |= std::uint64_t{1} << i;
      if (tokens[i].has_reserve &&
          counted(i, held, prices, tokens[i].safe_slot) > quota_value(i, prices, underlying_safe_slot))
        piece.capped_safe |= std::uint64_t{1} << i;
    }
    return piece;
  }

  /// @errors capacity (above 64 tokens), threshold_range, bad_configuration, duplicate_asset, asset_mismatch
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept {
    if (tokens.size() > 64) return errc::capacity;
    if (!is_share(underlying_threshold)) return errc::threshold_range;
    if (!(minimum_health.count >= 1e4 && minimum_health.count < infinity && minimum_borrow >= 0.0 &&
          minimum_borrow < infinity && is_share(liquidation_discount) && liquidation_discount.count > 0.0 &&
          is_share(liquidation_fee) && liquidation_fee.count < 1e4 && units::smallest(underlying_decimals) > 0.0))
      return errc::bad_configuration;
    for (const gearbox_v3_token& t : tokens) {
      if (t.asset == underlying || t.asset == quota_asset) return errc::duplicate_asset;
      if (!is_share(t.threshold)) return errc::threshold_range;
      if (!(t.quota >= 0.0 && t.quota < infinity)) return errc::bad_configuration;
    }
    if (lists_an_asset_twice(tokens)) return errc::duplicate_asset;
    for (const holding& h : a)
      if (!(h.asset == underlying) && (h.debt != 0.0 || row_of(tokens, h.asset) == nullptr))
        return errc::asset_mismatch;
    return errc::ok;
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return piece_form<S>(a, false);
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return piece_form<S>(a, true);
  }

  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>&, asset_id) const noexcept {
    return true;
  }
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>&, asset_id asset) const noexcept {
    return asset == underlying;
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double> prices) const noexcept {
    return minimum_borrow * prices[debt_slot].value;
  }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::borrow_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::below_one; }

  /// @errors size_mismatch (a slot that only the edge reads), outside_validity (another token is capped, or one no
  /// longer; a safe price above the main one)
  template <std::size_t N>
  constexpr errc holds_at(const account<N>& a, oracle_prices<double> prices) const noexcept {
    if (!prices.has({underlying_slot, underlying_safe_slot, debt_slot})) return errc::size_mismatch;
    if (prices[underlying_safe_slot].value > prices[underlying_slot].value) return errc::outside_validity;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const holding* h = a.find(tokens[i].asset);
      if (h == nullptr) continue;
      for (const bool safe : {false, true}) {
        if (safe && !tokens[i].has_reserve) continue;
        const price_slot slot = safe ? tokens[i].safe_slot : tokens[i].slot;
        if (!prices.has(slot)) return errc::size_mismatch;
        if (prices[slot].value > prices[tokens[i].slot].value) return errc::outside_validity;  // no safe price
        const double value = counted(i, h->collateral, prices, slot);
        const double quota = quota_value(i, prices, safe ? underlying_safe_slot : underlying_slot);
        // On the edge both pieces are right. What is not finite is outside where only the edge reads it; where the form
        // does, the door and `liquidate` name it.
        const bool capped_now = value >= quota && is_finite(value);
        if (!(quota >= 0.0) || (is_capped(i, safe) ? !capped_now : value > quota)) return errc::outside_validity;
      }
    }
    return errc::ok;
  }

  /// @brief The prices of one slot at which every token stays on its side of its quota, main and safe, for
  /// quotes that are sound (no safe price above its main one: who moves a main price moves its safe one down too).
  /// Formula   p·amount·threshold against quota·p_underlying
  template <std::size_t N>
  constexpr price_range valid_prices(const account<N>& a, oracle_prices<double> prices,
                                     price_slot slot) const noexcept {
    price_range range;
    for (std::size_t i = 0; i < tokens.size(); ++i)
      for (const bool safe : {false, true}) {
        const price_slot own = safe ? tokens[i].safe_slot : tokens[i].slot;
        const price_slot of_quota = safe ? underlying_safe_slot : underlying_slot;
        const bool moves_value = slot == own, moves_quota = slot == of_quota;
        if (a.find(tokens[i].asset) == nullptr || moves_value == moves_quota || (safe && !tokens[i].has_reserve))
          continue;
        const double value = counted(i, collateral_of(a, tokens[i].asset), prices, own);
        const double quota = quota_value(i, prices, of_quota), now = prices[slot].value;
        const double moved = moves_value ? value : quota, fixed = moves_value ? quota : value;
        const double edge = moved > 0.0 ? now * (fixed / moved) : fixed > 0.0 ? infinity : 0.0;
        if (is_capped(i, safe) == moves_value) {
          range.low = larger(range.low, edge);
        } else if (moved > 0.0) {
          range.high = smaller(range.high, edge);
        }
      }
    return range;
  }

  /// @brief The contract's twv / debt against the form's, relative: 10⁻⁸ of the currency for every value and again for
  /// what its threshold leaves, or for a quota; the same and a unit of underlying for the debt.
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    constexpr double grain = 1e-8;
    const auto f = liquidation_form<double>(a);
    const double backed = weighted_value(f.collateral, prices), owed = weighted_value(f.debt, prices);
    if (!(owed > 0.0 && backed > 0.0)) return 0.0;  // what is not owed may have no price
    const double unit = units::smallest(underlying_decimals) * prices[debt_slot].value;
    return 2.0 * grain * static_cast<double>(f.collateral.size()) / backed + (unit + 2.0 * grain) / owed + 0x1p-50;
  }
  /// What a token costs the account beyond the debt it repays, premium and fee. Formula   1 / (discount·(1 − fee)) − 1
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>&, oracle_prices<double>, asset_id) const noexcept {
    return to_basis_points(1.0 / (liquidation_discount.fraction() * liquidation_fee.complement()) - 1.0);
  }

  /// @brief The partial liquidation. `repaid` is what the payment leaves after the fee, which the protocol takes in
  /// underlying: `protocol_fee` is the token worth as much.
  /// @errors asset_mismatch, negative_amount, outside_validity, not_liquidatable, not_finite, dust
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept {
    const gearbox_v3_token* token = row_of(tokens, request.collateral);
    const holding *held = a.find(request.collateral), *owed = a.find(underlying);
    if (!(request.debt == underlying) || token == nullptr || held == nullptr || owed == nullptr ||
        held->collateral <= 0.0)
      return errc::asset_mismatch;
    if (!(request.repay > 0.0)) return errc::negative_amount;
    if (const errc e = holds_at(a, prices); e != errc::ok) return e;
    const double health = health_factor(liquidation_form<double>(a), prices);
    if (!liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
    if (!(health < infinity)) return errc::not_finite;  // a NaN

    const double in_token = prices[debt_slot].value / prices[token->slot].value;
    const double seized_per_repaid = in_token / (liquidation_discount.fraction() * liquidation_fee.complement());
    liquidation_outcome out = exchange(smaller(request.repay, owed->debt), held->collateral, seized_per_repaid);
    out.protocol_fee = out.repaid * in_token * liquidation_fee.fraction() / liquidation_fee.complement();
    out.debt_left = owed->debt - out.repaid;
    // The contract checks the account afterwards, whatever piece it is on then.
    const account<N> left = after_liquidation(a, request, out);
    const double then = health_factor(at(left, prices).template liquidation_form<double>(left), prices);
    if (!(then >= 1.0) || (out.debt_left > 0.0 && out.debt_left < minimum_borrow)) return errc::dust;
    return out;
  }

private:
  template <std::size_t N>
  static constexpr double collateral_of(const account<N>& a, asset_id asset) noexcept {
    return a.find(asset) == nullptr ? 0.0 : a.find(asset)->collateral;
  }
  [[nodiscard]] constexpr bool is_capped(std::size_t i, bool safe) const noexcept {
    return (((safe ? capped_safe : capped) >> i) & 1U) != 0 && (!safe || tokens[i].has_reserve);
  }
  // What a token counts for before its quota, and the quota, base currency.
  [[nodiscard]] constexpr double counted(std::size_t i, double held, oracle_prices<double> prices,
                                         price_slot slot) const noexcept {
    return tokens[i].threshold.fraction() * held * prices[slot].value;
  }
  [[nodiscard]] constexpr double quota_value(std::size_t i, oracle_prices<double> prices,
                                             price_slot slot) const noexcept {
    return tokens[i].quota * prices[slot].value;
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> piece_form(const account<N>& a, bool safe) const noexcept(std::floating_point<S>) {
    form<S, N> f;
    const price_slot quotas = safe ? underlying_safe_slot : underlying_slot;
    for (const holding& h : a) {
      if (h.asset == underlying) {
        const double asks = safe ? minimum_health.fraction() : 1.0;
        if (!(h.debt <= 0.0) || h.collateral == 0.0)
          f.debt.add({literal<S>(h.debt), literal<S>(asks), debt_slot, underlying});
        if (!(h.collateral <= 0.0))
          f.collateral.add({literal<S>(h.collateral), literal<S>(underlying_threshold.fraction()), quotas, underlying});
      } else if (const gearbox_v3_token* t = row_of(tokens, h.asset); t != nullptr) {
        if (is_capped(static_cast<std::size_t>(t - tokens.data()), safe)) {
          f.collateral.add({literal<S>(t->quota), literal<S>(1.0), quotas, quota_asset});
        } else {
          const double weight = safe && !t->has_reserve ? 0.0 : t->threshold.fraction();
          f.collateral.add({literal<S>(h.collateral), literal<S>(weight), safe ? t->safe_slot : t->slot, h.asset});
        }
      }
    }
    return f;
  }
};

}  // namespace trimtab::health
