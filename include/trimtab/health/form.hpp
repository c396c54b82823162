// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/scalar.hpp>
#include <trimtab/market/price.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace trimtab {

/// One holding inside a form: how much, how it is weighted, and which price it reads.
template <Scalar S = double>
struct term {
  S amount{};  ///< whole tokens, ≥ 0
  S weight{};  ///< collateral: liquidation threshold or LTV, in [0, 1]; debt: borrow factor, ≥ 1
  price_slot slot{};
  asset_id asset{};
};

/// At most N terms, inline.
template <Scalar S, std::size_t N>
struct terms {
  std::array<term<S>, N> items{};
  std::uint32_t count = 0;

  /// @errors capacity
  constexpr errc add(const term<S>& t) noexcept {
    if (count == N) return errc::capacity;
    items[count++] = t;
    return errc::ok;
  }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return count; }
  constexpr const term<S>& operator[](std::size_t i) const noexcept { return items[i]; }
  constexpr term<S>& operator[](std::size_t i) noexcept { return items[i]; }
  constexpr const term<S>* begin() const noexcept { return items.data(); }
  constexpr const term<S>* end() const noexcept { return items.data() + count; }

  [[nodiscard]] constexpr std::span<const term<S>> view() const noexcept { return {items.data(), count}; }

  /// The term of an asset, or null.
  [[nodiscard]] constexpr const term<S>* find(asset_id asset) const noexcept {
    for (std::uint32_t i = 0; i < count; ++i)
      if (items[i].asset == asset) return &items[i];
    return nullptr;
  }
  [[nodiscard]] constexpr term<S>* find(asset_id asset) noexcept {
    return const_cast<term<S>*>(static_cast<const terms&>(*this).find(asset));
  }
};

/// A form in the caller's memory, of any length: what every function of the form reads.
template <Scalar S = double>
struct form_view {
  std::span<const term<S>> collateral{};
  std::span<const term<S>> debt{};
};

/// @brief A protocol's judgement of one account at a fixed configuration: two linear forms in the prices, C(p) and
/// D(p).
///
///     C(p) = Σ w·c·p      D(p) = Σ v·d·p      health factor = C / D
///
/// It keeps amounts, weights and slots apart, so that a trade is a change of amounts and never a new call of the
/// protocol's model.
template <Scalar S = double, std::size_t N = 8>
struct form {
  terms<S, N> collateral{};
  terms<S, N> debt{};

  [[nodiscard]] constexpr form_view<S> view() const noexcept { return {collateral.view(), debt.view()}; }
};

/// @brief Weighted value of one side, base currency.
/// Formula Σ weight·amount·price over the side's terms, in order
template <Scalar S>
constexpr S weighted_value(std::span<const term<S>> side, oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  S sum = literal<S>(0.0);
  for (const term<S>& t : side) sum = sum + t.weight * t.amount * prices[t.slot].value;
  return sum;
}
template <Scalar S, std::size_t N>
constexpr S weighted_value(const terms<S, N>& side, oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  return weighted_value<S>(side.view(), prices);
}

/// Every slot the form reads is there. @errors size_mismatch
template <Scalar S, std::size_t N>
constexpr errc slots_are_there(const form<S, N>& f, oracle_prices<S> prices) noexcept {
  for (const terms<S, N>* side : {&f.collateral, &f.debt})
    for (const term<S>& t : *side)
      if (!prices.has(t.slot)) return errc::size_mismatch;
  return errc::ok;
}
/// Every slot the form reads is there and holds a price. @errors size_mismatch, not_finite, non_positive_price
template <std::floating_point S>
constexpr errc validate(const form_view<S>& f, oracle_prices<S> prices) noexcept {
  for (const std::span<const term<S>> side : {f.collateral, f.debt})
    for (const term<S>& t : side) {
      if (!prices.has(t.slot)) return errc::size_mismatch;
      const S price = prices[t.slot].value;
      if (!(price - price == S(0))) return errc::not_finite;
      if (!(price > S(0))) return errc::non_positive_price;
    }
  return errc::ok;
}
template <std::floating_point S, std::size_t N>
constexpr errc validate(const form<S, N>& f, oracle_prices<S> prices) noexcept {
  return validate(f.view(), prices);
}

}  // namespace trimtab
