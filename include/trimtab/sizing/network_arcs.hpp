// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/network_edge.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace trimtab::sizing::detail {

/// Arcs of one kind, by columns. An edge is one arc or, where its venue is made of pieces, one arc a piece: pieces
/// follow each other in order of falling price, so each may be asked on its own what it trades at given token prices.
struct arc_columns {
  std::vector<std::uint32_t> in, out, edge;
  std::vector<double> price;      ///< p, at its beginning, asset out per asset in
  std::vector<double> depth;      ///< a, asset in: what brings the price to a quarter
  std::vector<double> geometric;  ///< b = a·√p
  std::vector<double> cap;        ///< asset in
  std::vector<double> paid;       ///< asset out at the cap
  std::vector<double> amount;     ///< x, asset in: the flow of the last sweep
  std::vector<double> weight;     ///< value of flow per unit of log price, at the last sweep

  [[nodiscard]] std::size_t size() const noexcept { return in.size(); }
  void clear() {
    for (auto* column : {&in, &out, &edge}) column->clear();
    for (auto* column : {&price, &depth, &geometric, &cap, &paid, &amount, &weight}) column->clear();
  }
  void push(std::size_t from, std::size_t to, std::size_t of, double first, double a, double most, double pays) {
    in.push_back(static_cast<std::uint32_t>(from));
    out.push_back(static_cast<std::uint32_t>(to));
    edge.push_back(static_cast<std::uint32_t>(of));
    price.push_back(first);
    depth.push_back(a);
    geometric.push_back(a * std::sqrt(first));
    cap.push_back(most);
    paid.push_back(pays);
    amount.push_back(0.0);
    weight.push_back(0.0);
  }
};

/// The edges, taken apart: curved pieces, flat pieces, and curves that are asked for each amount.
struct arcs {
  arc_columns curved, flat, asked;
  std::vector<double> anchor;     ///< of each flat piece: the flow its proximal term is centred on, asset in
  std::vector<double> stiffness;  ///< of each flat piece: h, value per asset in squared
  std::vector<liquidity::segment<>> room;

  void clear() {
    for (arc_columns* kind : {&curved, &flat, &asked}) kind->clear();
  }
  void push_piece(std::size_t in, std::size_t out, std::size_t edge, const liquidity::segment<>& piece) {
    if (!(piece.capacity > 0.0) || !(piece.price > 0.0)) return;
    const double a = 1.0 / piece.curvature;
    if (a < infinity && a * piece.price < infinity) {
      const double most = piece.capacity < infinity ? piece.amount_out(piece.capacity) : a * piece.price;
      curved.push(in, out, edge, piece.price, a, piece.capacity, most);
    } else {
      flat.push(in, out, edge, piece.price, piece.capacity, piece.capacity, piece.price * piece.capacity);
    }
  }
  /// More pieces than this, and a curve that knows its slope is asked instead.
  static constexpr std::size_t many = 16;

  template <Venue V>
  void push(std::size_t in, std::size_t out, std::size_t edge, const V& venue) {
    if constexpr (Pieced<V>) {
      std::array<liquidity::segment<>, V::max_segments> pieces{};
      const std::size_t count = venue.segments(pieces);
      for (std::size_t i = 0; i < count; ++i) push_piece(in, out, edge, pieces[i]);
    } else {
      std::size_t count = venue.segment_count();
      if (!(segment_error_of(venue, count) > 0.0)) {
        if (room.size() < count) room.resize(count);
        count = venue.segments(std::span(room).first(count));
        bool bent = count > many && Smooth<V>;
        for (std::size_t i = 0; i < count && bent; ++i) bent = room[i].curvature > 0.0;
        if (!bent) {
          for (std::size_t i = 0; i < count; ++i) push_piece(in, out, edge, room[i]);
          return;
        }
      }
      const double first = venue.marginal_price(0.0).value, most = venue.capacity();
      if (!(first > 0.0) || !(most > 0.0)) return;
      asked.push(in, out, edge, first, venue.amount_at(executable_price<double>{0.25 * first}), most,
                 most < infinity ? venue.amount_out(most) : infinity);
    }
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
      // Central, in the price: the error is of the step's square, and only the rate of convergence depends on it.
      constexpr double step = 1e-5;
      a.per_log = (venue.amount_at(executable_price<double>{at * (1.0 - step)}) -
                   venue.amount_at(executable_price<double>{at * (1.0 + step)})) /
                  (2.0 * step);
    }
    if (!(a.per_log < infinity)) a.per_log = 0.0;
  }
  return a;
}

}  // namespace trimtab::sizing::detail
