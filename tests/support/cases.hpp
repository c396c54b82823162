// SPDX-License-Identifier: MIT
#pragma once

/// What the tests of sizing, plan and policy share: a small protocol with every knob, and one account to be sized.

#include <trimtab/health/concept.hpp>
#include <trimtab/market/snapshot.hpp>
#include <trimtab/sizing/problem.hpp>

#include <array>
#include <cstddef>

namespace cases {

inline constexpr trimtab::asset_id collateral_asset{1}, debt_asset{2}, other_collateral{3}, other_debt{4};
inline constexpr trimtab::price_slot collateral_slot{0}, debt_slot{1};

/// A reserve of the test protocol.
struct reserve {
  trimtab::asset_id asset{};
  trimtab::price_slot slot{};
  double threshold = 0.83;
  double ltv = 0.80;
  double borrow_factor = 1.0;
};

/// A protocol that may be set to anything a health model can say.
struct protocol {
  static constexpr trimtab::form_class kind = trimtab::form_class::linear;

  std::array<reserve, 8> table{};
  std::size_t count = 0;
  double least_debt = 0.0;
  trimtab::withdrawal_check check = trimtab::withdrawal_check::liquidation_form;
  trimtab::boundary edge = trimtab::boundary::below_one;
  trimtab::asset_id held_back{~0U};   ///< the asset that may not leave
  trimtab::asset_id never_lent{~0U};  ///< the asset that may not be borrowed
  double room = trimtab::infinity;    ///< what may still be borrowed, whole tokens

  // An index and not a pointer: GCC 12 under UBSan takes no address of a constant for a constant.
  [[nodiscard]] constexpr std::size_t index_of(trimtab::asset_id asset) const noexcept {
    std::size_t i = 0;
    while (i < count && !(table[i].asset == asset)) ++i;
    return i;
  }
  template <std::size_t N>
  constexpr trimtab::errc validate(const trimtab::account<N>& a) const noexcept {
    for (const auto& h : a)
      if (index_of(h.asset) == count) return trimtab::errc::asset_mismatch;
    return trimtab::errc::ok;
  }
  template <trimtab::Scalar S, std::size_t N>
  constexpr trimtab::form<S, N> liquidation_form(const trimtab::account<N>& a) const noexcept {
    return weighted<S>(a, &reserve::threshold);
  }
  template <trimtab::Scalar S, std::size_t N>
  constexpr trimtab::form<S, N> borrow_form(const trimtab::account<N>& a) const noexcept {
    return weighted<S>(a, &reserve::ltv);
  }
  template <std::size_t N>
  constexpr bool may_withdraw(const trimtab::account<N>&, trimtab::asset_id asset) const noexcept {
    return !(asset == held_back);
  }
  template <std::size_t N>
  constexpr bool may_borrow(const trimtab::account<N>&, trimtab::asset_id asset) const noexcept {
    return !(asset == never_lent);
  }
  template <std::size_t N>
  constexpr double borrow_room(const trimtab::account<N>&, trimtab::oracle_prices<double>,
                               trimtab::asset_id) const noexcept {
    return room;
  }
  [[nodiscard]] constexpr double minimum_debt(trimtab::oracle_prices<double>) const noexcept { return least_debt; }
  [[nodiscard]] constexpr trimtab::withdrawal_check withdrawal_checked_by() const noexcept { return check; }
  [[nodiscard]] constexpr trimtab::boundary liquidation_boundary() const noexcept { return edge; }

private:
  // A holding is a collateral unless it owes; with nothing on either side it may become both.
  template <trimtab::Scalar S, std::size_t N>
  constexpr trimtab::form<S, N> weighted(const trimtab::account<N>& a, double reserve::*weight) const noexcept {
    trimtab::form<S, N> f;
    for (const auto& h : a) {
      const std::size_t i = index_of(h.asset);
      if (i == count) continue;
      const reserve& r = table[i];
      const bool opening = h.collateral == 0.0 && h.debt == 0.0;
      if (h.collateral > 0.0 || opening)
        f.collateral.add({static_cast<S>(h.collateral), static_cast<S>(r.*weight), r.slot, r.asset});
      if (h.debt > 0.0 || opening)
        f.debt.add({static_cast<S>(h.debt), static_cast<S>(r.borrow_factor), r.slot, r.asset});
    }
    return f;
  }
};
static_assert(trimtab::HealthModel<protocol>);

/// One whose form is the protocol's only while at least so much of the first collateral is held.
struct protocol_with_an_edge : protocol {
  static constexpr trimtab::form_class kind = trimtab::form_class::piecewise_linear;
  double least_held = 0.0;

  template <std::size_t N>
  constexpr trimtab::errc holds_at(const trimtab::account<N>& a, trimtab::oracle_prices<double>) const noexcept {
    return a.find(collateral_asset)->collateral >= least_held ? trimtab::errc::ok : trimtab::errc::outside_validity;
  }
  template <std::size_t N>
  constexpr trimtab::price_range valid_prices(const trimtab::account<N>&, trimtab::oracle_prices<double>,
                                              trimtab::price_slot) const noexcept {
    return {};
  }
};
static_assert(trimtab::HealthModel<protocol_with_an_edge>);

/// The account of the reference table: 10000 of collateral at threshold 0.83 against 7800 of debt, both priced 1.
struct worked {
  std::array<double, 3> price{1.0, 1.0, 1.0};
  protocol model{.table = {reserve{collateral_asset, {0}}, reserve{debt_asset, {1}}}, .count = 2};
  trimtab::account<> account{};

  constexpr worked(double collateral = 10000.0, double debt = 7800.0) noexcept {
    account.add({.asset = collateral_asset, .collateral = collateral});
    account.add({.asset = debt_asset, .debt = debt});
  }
  [[nodiscard]] constexpr trimtab::oracle_prices<double> prices() const noexcept {
    return trimtab::oracle_prices<double>{price};
  }
  /// The sizing problem on this account; the venue is the caller's and outlives it.
  template <class V>
  [[nodiscard]] constexpr trimtab::sizing::problem<V> problem(const V& venue) const noexcept {
    trimtab::sizing::problem<V> p;
    p.liquidation = model.liquidation_form<double>(account);
    p.borrow = model.borrow_form<double>(account);
    p.prices = prices();
    p.collateral = collateral_asset;
    p.debt = debt_asset;
    p.venue = &venue;
    p.funding.premium = {0.0};
    p.fair_rate = price[0] / price[1];
    p.minimum_debt = model.minimum_debt(prices());
    p.withdrawal = model.withdrawal_checked_by();
    return p;
  }
};

/// 2⁻⁵² as the unit of every tolerance here.
inline constexpr double eps = 0x1p-52;

/// |a − b| relative to the larger of both and a scale below which differences do not matter.
constexpr double relative_gap(double a, double b, double scale = 0.0) noexcept {
  const double gap = a < b ? b - a : a - b;
  const double size_a = a < 0.0 ? -a : a, size_b = b < 0.0 ? -b : b;
  double of = size_a < size_b ? size_b : size_a;
  if (of < scale) of = scale;
  return gap == 0.0 ? 0.0 : gap / of;
}

}  // namespace cases
