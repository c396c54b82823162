// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/concept.hpp>

#include <array>

namespace trimtab::test {

using liquidity::segment;

/// Any pieces as a venue: what concentrated liquidity and order books look like from here. Only what a builder asks.
struct pieces_venue {
  std::array<segment<>, 24> piece{};
  std::size_t count = 0;
  double gas_each = 0.0;

  [[nodiscard]] constexpr errc validate() const noexcept { return errc::ok; }
  [[nodiscard]] constexpr double capacity() const noexcept {
    double sum = 0.0;
    for (std::size_t i = 0; i < count; ++i) sum += piece[i].capacity;
    return sum;
  }
  [[nodiscard]] constexpr double amount_out(double x) const noexcept {
    double y = 0.0;
    for (std::size_t i = 0; i < count && x > 0.0; ++i) {
      y += piece[i].amount_out(smaller(x, piece[i].capacity));
      x -= piece[i].capacity;
    }
    return y;
  }
  [[nodiscard]] constexpr double gas(double x) const noexcept {
    double gas = 0.0;
    for (std::size_t i = 0; i < count && x > 0.0; ++i, gas += gas_each) x -= piece[i].capacity;
    return gas;
  }
  [[nodiscard]] constexpr std::size_t segment_count() const noexcept { return count; }
  constexpr std::size_t segments(std::span<segment<>> out) const noexcept {
    std::size_t n = 0;
    for (; n < count && n < out.size(); ++n) out[n] = piece[n];
    return n;
  }
  // The rest of the contract, which nobody here asks.
  [[nodiscard]] constexpr double amount_in(double) const noexcept { return 0.0; }
  [[nodiscard]] constexpr executable_price<double> marginal_price(double) const noexcept { return {}; }
  [[nodiscard]] constexpr double amount_at(executable_price<double>) const noexcept { return 0.0; }
  [[nodiscard]] constexpr double best_value(executable_price<double>) const noexcept { return 0.0; }
  [[nodiscard]] constexpr double loss(double) const noexcept { return 0.0; }
  [[nodiscard]] constexpr pieces_venue after(double) const noexcept { return *this; }
};
}  // namespace trimtab::test
