// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/sizing/network_edge.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace trimtab::sizing::detail {

/// An edge, or one Möbius piece of it. Pieces follow each other in order of falling price, so each may be asked on its
/// own what it trades at given token prices.
struct arc {
  std::uint32_t in = 0, out = 0, edge = 0;
  double price = 0.0;      ///< p, where it begins, asset out per asset in
  double depth = 0.0;      ///< a, asset in: what brings the price to a quarter; of a flat piece, the flow it may see
  double reserve = 0.0;    ///< p·a, asset out
  double geometric = 0.0;  ///< b = a·√p
  double cap = infinity;   ///< asset in
  double taken = 0.0;      ///< value in, at the last sweep; in the recovery x, asset in
  double weight = 0.0;     ///< value of flow per unit of log price, at the last sweep

  constexpr double amount_out(double x) const noexcept { return reserve * (x / (depth + x)); }
  void set_depth(double a) noexcept {
    depth = a;
    reserve = price * a;
    geometric = a * std::sqrt(price);
  }
  /// What it would weigh were there no fee between the two prices, given their roots; no more than its depth at either.
  double full_weight(const std::vector<double>& root) const noexcept {
    const double u = root[in], v = root[out];
    return 0.5 * smaller(geometric * u * v, smaller(depth * u * u, reserve * v * v));
  }
};

/// A piece of one price. A proximal term centred on the anchor makes it a band: see `network_dual`.
struct flat_arc : arc {
  double anchor = 0.0;     ///< asset in
  double stiffness = 1.0;  ///< h, value per asset in squared
  double unit = 0.0;       ///< the price of `in` that h was set by

  /// The band's width, relative to the price, over the piece's depth.
  void set_width(double width, double at) noexcept {
    unit = at;
    stiffness = at > 0.0 ? width * at / depth : 1.0;
  }
};

/// What an asked curve trades at a price, and how fast that changes.
struct answer {
  double in = 0.0, out = 0.0;
  double per_log = 0.0;  ///< −dx/d ln λ, asset in
};

template <Venue V>
answer ask(const V& venue, double at, double most) noexcept {
  double x = venue.amount_at(executable_price<double>{at});
  if (!(x < most)) x = most;
  if (!(x > 0.0)) return {};
  answer a{x, venue.amount_out(x), 0.0};
  if (x < most) {
    if constexpr (Smooth<V>) {
      a.per_log = at / -venue.marginal_slope(x);
    } else {
      // Towards lower prices, where it trades; the error is of the step, and only the rate of convergence depends on
      // it.
      constexpr double step = 1e-6;
      a.per_log = (venue.amount_at(executable_price<double>{at * (1.0 - step)}) - x) / step;
    }
    if (!(a.per_log < infinity)) a.per_log = 0.0;
  }
  return a;
}

/// The edges, taken apart: curved pieces, flat pieces, and curves that are asked for each amount.
struct arcs {
  std::vector<arc> curved, asked;
  std::vector<flat_arc> flat;
  std::vector<liquidity::segment<>> room;

  /// A curve of more pieces than this that knows its slope is asked instead.
  static constexpr std::size_t many = 16;

  void clear() {
    curved.clear();
    asked.clear();
    flat.clear();
  }
  template <class F>
  void each(F visit) {
    for (arc& a : curved) visit(a);
    for (arc& a : asked) visit(a);
    for (flat_arc& a : flat) visit(static_cast<arc&>(a));
  }

  template <Venue V>
  void push(std::size_t in, std::size_t out, std::size_t edge, const V& venue) {
    arc a{.in = static_cast<std::uint32_t>(in),
          .out = static_cast<std::uint32_t>(out),
          .edge = static_cast<std::uint32_t>(edge)};
    if constexpr (Pieced<V>) {
      std::array<liquidity::segment<>, V::max_segments> pieces{};
      const std::size_t count = venue.segments(pieces);
      for (std::size_t i = 0; i < count; ++i) push_piece(a, pieces[i]);
    } else {
      std::size_t count = venue.segment_count();
      if (!(segment_error_of(venue, count) > 0.0)) {
        if (room.size() < count) room.resize(count);
        count = venue.segments(std::span(room).first(count));
        bool bent = count > many && Smooth<V>;
        for (std::size_t i = 0; i < count && bent; ++i) bent = room[i].curvature > 0.0;
        if (!bent) {
          for (std::size_t i = 0; i < count; ++i) push_piece(a, room[i]);
          return;
        }
      }
      a.price = venue.marginal_price(0.0).value;
      a.cap = venue.capacity();
      if (!(a.price > 0.0) || !(a.cap > 0.0)) return;
      a.set_depth(venue.amount_at(executable_price<double>{0.25 * a.price}));
      asked.push_back(a);
    }
  }

private:
  void push_piece(arc a, const liquidity::segment<>& piece) {
    if (!(piece.capacity > 0.0) || !(piece.price > 0.0)) return;
    a.price = piece.price;
    a.cap = piece.capacity;
    a.set_depth(1.0 / piece.curvature);
    if (a.reserve < infinity && a.depth < infinity) {
      curved.push_back(a);
    } else {
      a.set_depth(piece.capacity);
      flat.push_back({a});
    }
  }
};

}  // namespace trimtab::sizing::detail
