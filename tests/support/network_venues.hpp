// SPDX-License-Identifier: MIT
#pragma once

/// Venues of every kind a network must stand, made as plainly as possible, and networks of them.
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/network_edge.hpp>

#include "support/random.hpp"
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace trimtab::test {

/// Levels of falling price, each with its size; curvature of every level 1/bend of its size, 0 for flat ones.
struct ladder {
  static constexpr std::size_t max_segments = 6;
  std::array<liquidity::segment<>, max_segments> level{};
  std::size_t count = 0;

  [[nodiscard]] errc validate() const noexcept { return count <= max_segments ? errc::ok : errc::size_mismatch; }
  [[nodiscard]] double amount_out(double x) const noexcept {
    double y = 0.0;
    for (std::size_t i = 0; i < count && x > 0.0; x -= level[i++].capacity)
      y += level[i].amount_out(smaller(x, level[i].capacity));
    return y;
  }
  [[nodiscard]] double amount_in(double y) const noexcept {
    double x = 0.0;
    for (std::size_t i = 0; i < count && y > 0.0; ++i) {
      const double whole = level[i].amount_out(level[i].capacity);
      x += y >= whole ? level[i].capacity : y / (level[i].price - level[i].curvature * y);
      y -= whole;
    }
    return y > 0.0 ? infinity : x;
  }
  [[nodiscard]] executable_price<double> marginal_price(double x) const noexcept {
    for (std::size_t i = 0; i < count; x -= level[i++].capacity)
      if (x <= level[i].capacity) return {level[i].marginal_price(x)};
    return {0.0};
  }
  [[nodiscard]] double amount_at(executable_price<double> at) const noexcept {
    double x = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!(at.value < level[i].price)) break;
      const double bend = level[i].curvature;
      const double room = bend > 0.0 ? (std::sqrt(level[i].price / at.value) - 1.0) / bend : infinity;
      x += smaller(room, level[i].capacity);
    }
    return x;
  }
  [[nodiscard]] double best_value(executable_price<double> at) const noexcept {
    const double x = amount_at(at);
    return larger(0.0, amount_out(x) - at.value * x);
  }
  [[nodiscard]] double loss(double x) const noexcept { return marginal_price(0.0).value * x - amount_out(x); }
  [[nodiscard]] double capacity() const noexcept {
    double all = 0.0;
    for (std::size_t i = 0; i < count; ++i) all += level[i].capacity;
    return all;
  }
  [[nodiscard]] double gas(double) const noexcept { return 0.0; }
  [[nodiscard]] ladder after(double) const noexcept { return *this; }
  [[nodiscard]] std::size_t segment_count() const noexcept { return count; }
  std::size_t segments(std::span<liquidity::segment<>> out) const noexcept {
    const std::size_t n = out.size() < count ? out.size() : count;
    for (std::size_t i = 0; i < n; ++i) out[i] = level[i];
    return n;
  }
};

/// y = R·(1 − (1 + x/a)^−power): no Möbius map unless power is 1. It knows its slope.
struct power_pool {
  double depth = 1.0;
  double reserve = 0.0;
  double power = 0.5;

  [[nodiscard]] errc validate() const noexcept { return depth > 0.0 ? errc::ok : errc::negative_amount; }
  [[nodiscard]] double amount_out(double x) const noexcept {
    return -reserve * std::expm1(-power * std::log1p(x / depth));
  }
  [[nodiscard]] double amount_in(double y) const noexcept {
    return y < reserve ? depth * std::expm1(-std::log1p(-y / reserve) / power) : infinity;
  }
  [[nodiscard]] executable_price<double> marginal_price(double x) const noexcept {
    return {reserve * power / depth * std::pow(1.0 + x / depth, -power - 1.0)};
  }
  [[nodiscard]] double marginal_slope(double x) const noexcept {
    return -(power + 1.0) * marginal_price(x).value / (depth + x);
  }
  [[nodiscard]] double amount_at(executable_price<double> at) const noexcept {
    const double first = reserve * power / depth;
    return at.value < first ? depth * std::expm1(std::log(first / at.value) / (power + 1.0)) : 0.0;
  }
  [[nodiscard]] double best_value(executable_price<double> at) const noexcept {
    const double x = amount_at(at);
    return larger(0.0, amount_out(x) - at.value * x);
  }
  [[nodiscard]] double loss(double x) const noexcept { return marginal_price(0.0).value * x - amount_out(x); }
  [[nodiscard]] double capacity() const noexcept { return infinity; }
  [[nodiscard]] double gas(double) const noexcept { return 0.0; }
  [[nodiscard]] power_pool after(double) const noexcept { return *this; }
  [[nodiscard]] std::size_t segment_count() const noexcept { return 4; }
  [[nodiscard]] double segment_error(std::size_t) const noexcept { return reserve; }
  std::size_t segments(std::span<liquidity::segment<>>) const noexcept { return 0; }
};

/// The kinds together; not `Smooth`, as a ladder has no slope, so the power pool's is taken from differences.
using mixed = liquidity::any_venue<liquidity::constant_product, liquidity::constant_price, ladder, power_pool>;

template <Venue V>
using edges_of = std::vector<sizing::network_edge<V>>;

/// A constant-product pool, both ways.
template <Venue V>
void add_pool(edges_of<V>& edges, std::size_t a, std::size_t b, double reserve_a, double reserve_b, double fee) {
  const liquidity::constant_product pool{.reserve_in = reserve_a, .reserve_out = reserve_b, .fee = {fee}};
  edges.push_back({a, b, V(pool)});
  edges.push_back({b, a, V(pool.reversed())});
}

/// @brief A connected network of n tokens with random values, m markets near those values, of every kind V can be.
/// @param value  filled with the tokens' values; their units spread over `decades` either way
template <Venue V>
edges_of<V> random_network(random_numbers& random, std::size_t n, std::size_t m, double decades,
                           std::vector<double>& value, double off = 0.01) {
  edges_of<V> edges;
  value.resize(n);
  for (double& v : value) v = std::pow(10.0, random.uniform(-decades, decades));
  for (std::size_t i = 0; i < m; ++i) {
    std::size_t a = i + 1 < n ? i : random.below(n), b = i + 1 < n ? i + 1 : random.below(n - 1);
    if (i + 1 >= n && b >= a) ++b;
    const double depth = random.log_uniform(1e3, 1e6),
                 rate = value[a] / value[b] * random.uniform(1.0 - off, 1.0 + off);
    const double fee = random.below(2) != 0 ? 30.0 : 5.0, kept = 1.0 - fee * 1e-4;
    [[maybe_unused]] const auto kind = random.below(4);
    if constexpr (std::is_same_v<V, mixed>) {
      if (kind == 1) {
        const liquidity::constant_price there{.price = rate, .cap = 0.01 * depth / value[a], .fee = {fee}};
        const liquidity::constant_price back{.price = 1.0 / rate, .cap = 0.01 * depth / value[b], .fee = {fee}};
        edges.push_back({a, b, there});
        edges.push_back({b, a, back});
        continue;
      }
      if (kind == 2) {
        for (const bool forward : {true, false}) {
          ladder book{.count = 2 + random.below(5)};
          double price = kept * (forward ? rate : 1.0 / rate);
          for (std::size_t k = 0; k < book.count; ++k) {
            const double size = 0.01 * depth / value[forward ? a : b] * random.uniform(0.1, 1.0);
            const double bend = random.below(2) != 0 ? 0.0 : 0.01 / size;
            book.level[k] = {.price = price, .curvature = bend, .capacity = size};
            price = book.level[k].marginal_price(size) * (1.0 - random.uniform(0.0, 0.005));
          }
          edges.push_back({forward ? a : b, forward ? b : a, book});
        }
        continue;
      }
      if (kind == 3) {
        const double power = random.uniform(0.3, 3.0);
        for (const bool forward : {true, false}) {
          const double in = depth / value[forward ? a : b];
          edges.push_back(
              {forward ? a : b, forward ? b : a,
               power_pool{.depth = in, .reserve = kept * in * (forward ? rate : 1.0 / rate) / power, .power = power}});
        }
        continue;
      }
    }
    add_pool(edges, a, b, depth / value[a], depth / value[a] * rate, fee);
  }
  return edges;
}

}  // namespace trimtab::test
