// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/concept.hpp>

#include <variant>

namespace trimtab::liquidity {

/// @brief One of several kinds of venue, chosen at run time: what a list of unlike venues is made of. Itself a venue.
///
/// The kinds are the caller's list: `any_venue<constant_product, weighted, order_book>`. No virtual call, no
/// allocation; every question is passed on to the venue inside.
template <Venue... Vs>
struct any_venue {
  std::variant<Vs...> kind{};

  static constexpr bool always_concave = (is_concave<Vs>() && ...);

  constexpr any_venue() = default;
  template <class V>
  requires(std::same_as<V, Vs> || ...) constexpr any_venue(const V& venue) noexcept : kind(venue) {}

  [[nodiscard]] constexpr errc validate() const noexcept {
    return visit([](const auto& v) { return v.validate(); });
  }
  [[nodiscard]] constexpr double amount_out(double x) const noexcept {
    return visit([x](const auto& v) { return v.amount_out(x); });
  }
  [[nodiscard]] constexpr double amount_in(double y) const noexcept {
    return visit([y](const auto& v) { return v.amount_in(y); });
  }
  [[nodiscard]] constexpr executable_price<double> marginal_price(double x) const noexcept {
    return visit([x](const auto& v) { return v.marginal_price(x); });
  }
  [[nodiscard]] constexpr double amount_at(executable_price<double> price) const noexcept {
    return visit([price](const auto& v) { return v.amount_at(price); });
  }
  [[nodiscard]] constexpr double best_value(executable_price<double> price) const noexcept {
    return visit([price](const auto& v) { return v.best_value(price); });
  }
  [[nodiscard]] constexpr double loss(double x) const noexcept {
    return visit([x](const auto& v) { return v.loss(x); });
  }
  /// The slope of the marginal price, where the venue inside has one; 0 where it is made of flat pieces.
  [[nodiscard]] constexpr double marginal_slope(double x) const noexcept requires(Smooth<Vs>&&...) {
    return visit([x](const auto& v) { return v.marginal_slope(x); });
  }
  [[nodiscard]] constexpr double capacity() const noexcept {
    return visit([](const auto& v) { return v.capacity(); });
  }
  [[nodiscard]] constexpr double gas(double x) const noexcept {
    return visit([x](const auto& v) { return v.gas(x); });
  }
  [[nodiscard]] constexpr any_venue after(double x) const noexcept {
    return visit([x](const auto& v) { return any_venue(v.after(x)); });
  }
  [[nodiscard]] constexpr seconds delay() const noexcept {
    return visit([](const auto& v) { return delay_of(v); });
  }
  [[nodiscard]] constexpr std::size_t segment_count() const noexcept {
    return visit([](const auto& v) { return v.segment_count(); });
  }
  [[nodiscard]] constexpr double segment_error(std::size_t pieces) const noexcept {
    return visit([pieces](const auto& v) { return segment_error_of(v, pieces); });
  }
  constexpr std::size_t segments(std::span<segment<>> out) const noexcept {
    return visit([out](const auto& v) { return v.segments(out); });
  }

private:
  // By kind, one after the other: `std::visit` may throw, which nothing here may.
  template <std::size_t I = 0, class F>
  constexpr auto visit(F&& ask) const noexcept {
    if constexpr (I + 1 < sizeof...(Vs)) {
      if (kind.index() != I) return visit<I + 1>(ask);
    }
    return ask(*std::get_if<I>(&kind));
  }
};

}  // namespace trimtab::liquidity
