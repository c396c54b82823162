// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/tick_table.hpp>

namespace trimtab::liquidity {

/// Which of a pool's two tokens goes in.
enum class swap_direction : std::uint8_t {
  first_for_second,  ///< the first goes in, the price falls
  second_for_first   ///< the second goes in, the price rises
};

/// @brief A tick table walked in one direction: the ranges ahead of a price, and what each takes and pays before the
/// fee. What `concentrated` and what else trades along a table are made of.
///
/// A range takes L·Δ/(√P·√Q) and pays L·Δ where the price falls by Δ = √P − √Q, and the other way round where it rises.
/// Everything is a difference of two roots, never of their reciprocals, so nothing cancels but what is given.
/// @cost   `start`, `input`, `output`, `price` and `root` O(log ticks), the rest O(1)
struct tick_walk {
  std::span<const tick_node> nodes{};
  bool down = true;

  /// A place to trade from: nothing ahead is no liquidity.
  struct spot {
    std::size_t range = 0;    ///< with liquidity, named after the tick below it
    doubled<double> root{};   ///< √P, in that range or where it is entered
    double liquidity = 0.0;   ///< 0: there is no such range
    std::size_t skipped = 0;  ///< ticks crossed to get there
  };
  template <class S>
  struct flow {
    S in{}, out{};
  };
  /// Where a trade ends.
  struct stop {
    spot from{};              ///< the range it ends in, where it is entered
    doubled<double> far{};    ///< its root at the other end
    flow<double> first{};     ///< in the range it began in, where that is left behind
    flow<double> before{};    ///< in all ranges left behind
    flow<double> full{};      ///< in this range, all of it
    std::size_t crossed = 0;  ///< ranges left behind
    std::size_t near = 0;     ///< the node where this range is entered, if any is left behind
    double rest = 0.0;        ///< of what was asked, left for this range
    bool over = false;        ///< there was no such range: liquidity has ended
  };

  [[nodiscard]] constexpr bool ahead(const doubled<double>& from, const doubled<double>& to) const noexcept {
    return down ? to < from : from < to;
  }
  [[nodiscard]] constexpr std::size_t far_node(std::size_t range) const noexcept { return down ? range : range + 1; }
  /// The node so many ticks ahead of another.
  [[nodiscard]] constexpr std::size_t node(std::size_t from, std::size_t steps) const noexcept {
    return down ? from - steps : from + steps;
  }
  [[nodiscard]] constexpr std::size_t nodes_ahead(std::size_t from) const noexcept {
    return down ? from : nodes.size() - 1 - from;
  }
  /// The pool's price, out per in.
  [[nodiscard]] constexpr double price(const doubled<double>& root) const noexcept {
    const double square = (root * root).high;
    return down ? square : 1.0 / square;
  }
  /// How much lower the price is at `to` than at `from`.
  [[nodiscard]] constexpr double drop(const doubled<double>& from, const doubled<double>& to) const noexcept {
    const double fall = gap(from, to) * (from.high + to.high), product = from.high * to.high;
    return down ? fall : fall / (product * product);
  }
  /// The share of its virtual reserves that a move takes in: e/(a + e).
  [[nodiscard]] constexpr double share(const doubled<double>& from, const doubled<double>& to) const noexcept {
    return gap(from, to) / larger(from.high, to.high);
  }
  /// The virtual reserves at a root.
  [[nodiscard]] constexpr flow<double> reserves(const spot& at) const noexcept {
    const double first = at.liquidity / at.root.high, second = at.liquidity * at.root.high;
    return down ? flow<double>{first, second} : flow<double>{second, first};
  }
  /// What a move takes and pays.
  template <class S>
  [[nodiscard]] constexpr flow<S> moved(double liquidity, const doubled<double>& from,
                                        const doubled<double>& to) const noexcept {
    if constexpr (std::same_as<S, double>) {
      const double second = liquidity * gap(from, to), first = second / (from.high * to.high);
      return down ? flow<double>{first, second} : flow<double>{second, first};
    } else {
      const S second = S(liquidity) * (down ? from - to : to - from), first = second / (from * to);
      return down ? flow<S>{first, second} : flow<S>{second, first};
    }
  }
  /// What all ranges between two nodes take and pay.
  [[nodiscard]] constexpr flow<doubled<double>> between(std::size_t from, std::size_t to) const noexcept {
    return {taken(to) - taken(from), unpaid(from) - unpaid(to)};
  }

  /// The first range with liquidity at a root or ahead of it. @param hint a range the root may be in
  [[nodiscard]] constexpr spot start(const doubled<double>& root, std::size_t hint) const noexcept {
    if (nodes.empty() || !(root.high > 0.0)) return {};
    // One more than the range, so that there is a number for below all ticks.
    const std::size_t place = holds(hint, root) ? hint + 1 : nodes_below(root);
    if (place == 0 && down) return {};
    const std::size_t range = down ? nodes[place - 1].down : nodes[place == 0 ? 0 : place - 1].up;
    if (range == nodes.size()) return {};
    const bool here = range + 1 == place;
    return {.range = range,
            .root = here ? root : nodes[down ? range + 1 : range].sqrt_price,
            .liquidity = nodes[range].liquidity,
            .skipped = down ? place - 1 - range : range + 1 - place};
  }

  /// The next range with liquidity.
  [[nodiscard]] constexpr spot next(const spot& from) const noexcept {
    const std::size_t edge = far_node(from.range);
    if (nodes_ahead(edge) == 0) return {};
    const std::size_t range = down ? nodes[edge - 1].down : nodes[edge].up;
    if (range == nodes.size()) return {};
    return {.range = range, .root = nodes[down ? range + 1 : range].sqrt_price, .liquidity = nodes[range].liquidity};
  }
  /// √P when a range has taken `in`, not past `far`.
  [[nodiscard]] constexpr doubled<double> root_after(const spot& from, const doubled<double>& far,
                                                     double in) const noexcept {
    const double pool = reserves(from).in;
    const doubled<double> root = down ? from.root - doubled<double>(from.root.high * (in / (pool + in)))
                                      : from.root + doubled<double>(in / from.liquidity);
    return ahead(root, far) ? root : far;
  }

  /// Where the trade ends that takes `in`; from the left on a tick. `in` of twice the digits makes what is left for the
  /// last range right to an ulp of itself: all that a price or a loss turns on, where a thin range follows a deep one.
  template <class S>
  [[nodiscard]] constexpr stop at_input(const spot& from, const S& in) const noexcept {
    stop end = first_range(from);
    end.rest = static_cast<double>(in);
    if (!(S(end.full.in) < in)) return end;
    const std::size_t edge = far_node(from.range);
    const S left = in - moved<S>(from.liquidity, from.root, end.far).in;
    const doubled<double> target = taken(edge) + doubled<double>(left);
    end = later_range(end, [&](std::size_t i) { return taken(i) < target; });
    end.rest = larger(0.0, static_cast<double>(left - S(taken(end.near) - taken(edge))));
    return end;
  }
  /// Where the trade ends that pays `out`.
  [[nodiscard]] constexpr stop at_output(const spot& from, double out) const noexcept {
    stop end = first_range(from);
    end.rest = out;
    if (!(end.full.out < out)) return end;
    const std::size_t edge = far_node(from.range);
    const double beyond_first = out - end.full.out;
    const doubled<double> target = unpaid(edge) - doubled<double>(beyond_first);
    end = later_range(end, [&](std::size_t i) { return target < unpaid(i); });
    end.rest = larger(0.0, beyond_first - (end.before.out - end.first.out));
    return end;
  }
  /// Where the trade ends that goes on while the price at the ends of ranges satisfies `beyond`, a function of √P.
  template <class Beyond>
  [[nodiscard]] constexpr stop at_root(const spot& from, Beyond beyond) const noexcept {
    const stop end = first_range(from);
    if (!beyond(end.far)) return end;
    return later_range(end, [&](std::size_t i) { return beyond(nodes[i].sqrt_price); });
  }

private:
  [[nodiscard]] constexpr const doubled<double>& taken(std::size_t at) const noexcept {
    return down ? nodes[at].first_above : nodes[at].second_below;
  }
  [[nodiscard]] constexpr const doubled<double>& unpaid(std::size_t at) const noexcept {
    return down ? nodes[at].second_below : nodes[at].first_above;
  }
  /// |to − from|, from the two halves of either: right to an ulp.
  static constexpr double gap(const doubled<double>& from, const doubled<double>& to) noexcept {
    return magnitude((to.high - from.high) + (to.low - from.low));
  }
  /// Whether a node is below a price; on a tick, so that the price is in the range ahead.
  [[nodiscard]] constexpr bool below(std::size_t at, const doubled<double>& root) const noexcept {
    return down ? nodes[at].sqrt_price < root : !(root < nodes[at].sqrt_price);
  }
  [[nodiscard]] constexpr std::size_t nodes_below(const doubled<double>& root) const noexcept {
    std::size_t count = 0;
    for (std::size_t left = nodes.size(); left > 0;) {
      const std::size_t half = left - left / 2;
      count += below(count + half - 1, root) ? half : 0;
      left -= half;
    }
    return count;
  }
  [[nodiscard]] constexpr bool holds(std::size_t range, const doubled<double>& root) const noexcept {
    return range + 1 < nodes.size() && below(range, root) && !below(range + 1, root);
  }
  [[nodiscard]] constexpr stop first_range(const spot& from) const noexcept {
    stop end{.from = from, .far = nodes[far_node(from.range)].sqrt_price};
    end.full = moved<double>(from.liquidity, from.root, end.far);
    return end;
  }
  /// The same, where the first range is left behind: by bisection, with a choice instead of a branch.
  template <class Beyond>
  [[nodiscard]] constexpr stop later_range(stop end, Beyond beyond) const noexcept {
    const std::size_t edge = far_node(end.from.range), ahead_of_edge = nodes_ahead(edge);
    std::size_t more = 0;  // whole ranges after the first
    for (std::size_t left = ahead_of_edge; left > 0;) {
      const std::size_t half = left - left / 2;
      more += beyond(node(edge, more + half)) ? half : 0;
      left -= half;
    }
    const std::size_t near = node(edge, more);
    end.first = end.full;
    end.crossed = more + 1;
    end.over = more == ahead_of_edge;
    end.before = {end.first.in + (taken(near) - taken(edge)).high, end.first.out + (unpaid(edge) - unpaid(near)).high};
    end.from.root = nodes[near].sqrt_price;
    end.near = near;
    if (end.over) {
      end.from.liquidity = 0.0;
      end.far = end.from.root;
      end.full = {};
      return end;
    }
    end.from.range = down ? near - 1 : near;
    end.from.liquidity = nodes[end.from.range].liquidity;
    end.far = nodes[node(near, 1)].sqrt_price;
    end.full = moved<double>(end.from.liquidity, end.from.root, end.far);
    return end;
  }
};

}  // namespace trimtab::liquidity
