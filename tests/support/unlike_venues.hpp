// SPDX-License-Identifier: MIT
#pragma once

/// Venues of the library in other clothes: what a sizer would see of them if they told it less, or more.

#include <trimtab/liquidity/concept.hpp>
#include <trimtab/liquidity/supply_curve.hpp>

#include <concepts>
#include <cstddef>
#include <span>

namespace test_venue {

/// A venue that does not say it is a few pieces: a sizer has to ask it, its slope included.
template <class V>
struct unpieced {
  V inner{};

  [[nodiscard]] constexpr trimtab::errc validate() const noexcept { return inner.validate(); }
  template <trimtab::Scalar S>
  constexpr S amount_out(const S& x) const noexcept {
    return inner.amount_out(x);
  }
  template <trimtab::Scalar S>
  constexpr S amount_in(const S& y) const noexcept {
    return inner.amount_in(y);
  }
  template <trimtab::Scalar S>
  constexpr trimtab::executable_price<S> marginal_price(const S& x) const noexcept {
    return inner.marginal_price(x);
  }
  template <trimtab::Scalar S>
  constexpr S marginal_slope(const S& x) const noexcept {
    return inner.marginal_slope(x);
  }
  template <trimtab::Scalar S>
  constexpr S amount_at(trimtab::executable_price<S> at) const noexcept {
    return inner.amount_at(at);
  }
  template <trimtab::Scalar S>
  constexpr S best_value(trimtab::executable_price<S> at) const noexcept {
    return inner.best_value(at);
  }
  template <trimtab::Scalar S>
  constexpr S loss(const S& x) const noexcept {
    return inner.loss(x);
  }
  [[nodiscard]] constexpr double capacity() const noexcept { return inner.capacity(); }
  [[nodiscard]] constexpr double gas(double x) const noexcept { return inner.gas(x); }
  [[nodiscard]] constexpr unpieced after(double x) const noexcept { return {inner.after(x)}; }
  [[nodiscard]] constexpr std::size_t segment_count() const noexcept { return inner.segment_count(); }
  constexpr std::size_t segments(std::span<trimtab::liquidity::segment<>> out) const noexcept {
    return inner.segments(out);
  }
};

/// One that has no slope either.
template <class V>
struct kinked : unpieced<V> {
  constexpr kinked() = default;
  constexpr kinked(const V& venue) noexcept : unpieced<V>{venue} {}
  void marginal_slope() const = delete;
  [[nodiscard]] constexpr kinked after(double x) const noexcept { return {this->inner.after(x)}; }
};

/// One that does not even promise to be concave.
template <class V>
struct unpromised : unpieced<V> {
  static constexpr bool always_concave = false;
  constexpr unpromised() = default;
  constexpr unpromised(const V& venue) noexcept : unpieced<V>{venue} {}
  [[nodiscard]] constexpr unpromised after(double x) const noexcept { return {this->inner.after(x)}; }
};

/// A supply curve that can also be asked in 80 bits: its pieces one after another.
struct exact_curve : trimtab::liquidity::supply_curve {
  using supply_curve = trimtab::liquidity::supply_curve;

  constexpr exact_curve() = default;
  constexpr explicit exact_curve(const supply_curve& curve) noexcept : supply_curve(curve) {}
  template <trimtab::Scalar S>
  S amount_out(const S& x) const noexcept {
    if constexpr (std::same_as<S, double>) {
      return supply_curve::amount_out(x);
    } else {
      S y = 0;
      walk<S>(x, [&](const auto& piece, S t, bool) { y += piece.amount_out(t); });
      return y;
    }
  }
  template <trimtab::Scalar S>
  trimtab::executable_price<S> marginal_price(const S& x) const noexcept {
    if constexpr (std::same_as<S, double>) {
      return supply_curve::marginal_price(x);
    } else {
      S price = 0;
      walk<S>(x, [&](const auto& piece, S t, bool last) { price = last ? piece.marginal_price(t) : S(0); });
      return {price};
    }
  }
  [[nodiscard]] exact_curve after(double x) const noexcept { return exact_curve(supply_curve::after(x)); }

private:
  // Each piece up to x, how much of it, and whether x ends in it.
  template <class S, class F>
  void walk(S x, F&& step) const noexcept {
    using segment = trimtab::liquidity::segment<S>;
    for (std::size_t k = first; k < pieces.size(); ++k) {
      const auto& p = pieces[k].piece;
      segment piece{p.price, p.curvature, p.capacity};
      if (k == first && taken > 0.0) {
        const S used = taken;
        piece = {piece.marginal_price(used), piece.curvature / (1 + piece.curvature * used), piece.capacity - used};
      }
      const bool last = x <= piece.capacity;
      step(piece, last ? x : piece.capacity, last);
      if (last) return;
      x -= piece.capacity;
    }
  }
};

}  // namespace test_venue
