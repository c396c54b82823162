// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/plan/to_raw.hpp>

#include <array>
#include <span>

namespace trimtab {

/// A part of a trade that goes through one venue, whole tokens.
struct swap_leg {
  std::uint16_t venue = 0;  ///< which of the caller's listings
  double in = 0.0;
  double out = 0.0;  ///< expected
};

namespace plan_detail {

// A plan being written. The first error stays, and what is written after it is void.
template <std::size_t M>
struct draft {
  std::span<const token> tokens{};
  plan<M> p{};
  std::array<units, M> expected{};  // of each swap
  errc bad = errc::ok;

  constexpr void fail(errc why) noexcept {
    if (bad == errc::ok) bad = why;
  }
  constexpr units keep(const result<units>& r) noexcept {
    if (!r.has_value()) fail(r.error());
    return r.value();
  }
  constexpr int decimals(asset_id asset) noexcept {
    for (const token& t : tokens)
      if (t.asset == asset) return t.decimals;
    fail(errc::asset_mismatch);
    return 0;
  }
  constexpr units up(asset_id asset, double amount) noexcept { return keep(units::ceil(amount, decimals(asset))); }
  constexpr units down(asset_id asset, double amount) noexcept { return keep(units::floor(amount, decimals(asset))); }
  constexpr units sum(units a, units b) noexcept { return keep(a.add(b)); }
  // @return nothing where b is more than a: dust
  constexpr units less(units a, units b) noexcept {
    if (a < b) fail(errc::dust);
    return a.subtract(b).value();
  }

  constexpr void add(const step& s) noexcept {
    if (bad != errc::ok) return;
    if (s.meant != quantity::all_held && s.amount == units{}) return fail(errc::dust);
    for (const asset_id asset : {s.asset, s.what == action::swap ? s.asset_out : s.asset}) {
      const int of_it = decimals(asset);
      if (bad != errc::ok) return;
      if (const errc e = p.list(asset, of_it); e != errc::ok) return fail(e);
    }
    if (const errc e = p.add(s); e != errc::ok) fail(e);
  }
  constexpr void add(action what, asset_id asset, units amount) noexcept {
    add({.what = what, .asset = asset, .amount = amount});
  }
  constexpr void all(action what, asset_id asset) noexcept {
    add({.what = what, .meant = quantity::all_held, .asset = asset});
  }
  constexpr void pay(asset_id asset, units amount) noexcept {
    if (!(amount == units{})) add(action::pay, asset, amount);
  }
  constexpr void repay_whole(asset_id asset, units allowance, quantity in_words) noexcept {
    add({.what = action::repay, .meant = in_words, .asset = asset, .amount = allowance});
  }
  constexpr void swap(asset_id in, asset_id out, std::uint16_t venue, units amount, units min_out, units expect,
                      quantity meant = quantity::exact) noexcept {
    const std::size_t at = p.count;
    add({.meant = meant, .venue = venue, .asset = in, .asset_out = out, .amount = amount, .min_out = min_out});
    if (bad == errc::ok) expected[at] = expect;
  }
  [[nodiscard]] constexpr result<plan<M>> done(timestamp deadline) noexcept {
    if (bad != errc::ok) return bad;
    p.deadline = deadline;
    return sealed(p);
  }
};

}  // namespace plan_detail

}  // namespace trimtab
