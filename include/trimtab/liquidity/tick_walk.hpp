// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/tick_table.hpp>

#include <bit>

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
/// @cost   `start` without a right hint, `at_input`, `at_output` and `at_root` O(log ticks), the rest O(1)
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
    const double fall = magnitude(signed_gap(from, to)) * (from.high + to.high), product = from.high * to.high;
    return down ? fall : fall / (product * product);
  }
  /// The share of its virtual reserves that a move takes in: e/(a + e).
  [[nodiscard]] constexpr double share(const doubled<double>& from, const doubled<double>& to) const noexcept {
    return magnitude(signed_gap(from, to)) / larger(from.high, to.high);
  }
  /// The virtual reserves at a root.
  [[nodiscard]] constexpr flow<double> reserves(const spot& at) const noexcept {
    const double first = at.liquidity / at.root.high, second = at.liquidity * at.root.high;
    return down ? flow<double>{first, second} : flow<double>{second, first};
  }
  /// What a range pays for `in`, from where it is entered.
  [[nodiscard]] constexpr double paid(const spot& at, double in) const noexcept {
    const double root = at.root.high;
    if (!down) return at.liquidity / root * (in / (at.liquidity * root + in));
    const double rise = in * root;  // of L, as 1/√P rises
    return at.liquidity * root * (rise / (at.liquidity + rise));
  }
  /// What a move takes and pays.
  template <class S>
  [[nodiscard]] constexpr flow<S> moved(double liquidity, const doubled<double>& from,
                                        const doubled<double>& to) const noexcept {
    if constexpr (std::same_as<S, double>) {
      const double second = liquidity * magnitude(signed_gap(from, to)), first = second / (from.high * to.high);
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

  /// Where the trade ends that takes `in`; from the left on a tick. With twice the digits what is left for the last
  /// range is right to an ulp: all that a price or a loss turns on, where a thin range follows a deep one.
  template <class S>
  [[nodiscard]] constexpr stop at_input(const spot& from, const S& in) const noexcept {
    stop end = first_range(from);
    end.rest = static_cast<double>(in);
    if (!(S(end.full.in) < in)) return end;
    const S left = in - moved<S>(from.liquidity, from.root, end.far).in;
    const std::size_t edge = far_node(from.range);
    const doubled<double> all = taken(edge) + doubled<double>(left);
    if (!(taken(edge) < all)) return end.rest = end.full.in, end;  // to the tick: there may be nothing behind it
    leave_first(end, last_passed<true>(edge, taken_key(), all));
    end.rest = larger(0.0, static_cast<double>(left - S(taken(end.near) - taken(edge))));
    return end;
  }
  /// Where the trade ends that pays `out`.
  [[nodiscard]] constexpr stop at_output(const spot& from, double out) const noexcept {
    stop end = first_range(from);
    end.rest = out;
    if (!(end.full.out < out)) return end;
    const double left = out - end.full.out;
    const std::size_t edge = far_node(from.range);
    leave_first(end, last_passed<false>(edge, unpaid_key(), unpaid(edge) - doubled<double>(left)));
    end.rest = larger(0.0, left - (end.before.out - end.first.out));
    return end;
  }
  /// Where the trade ends that takes √P to `limit`; 0 or infinity is the end of liquidity.
  [[nodiscard]] constexpr stop at_root(const spot& from, const doubled<double>& limit) const noexcept {
    stop end = first_range(from);
    if (!ahead(end.far, limit)) return end;
    const std::size_t edge = far_node(from.range);
    leave_first(end, down ? last_passed<false>(edge, &tick_node::sqrt_price, limit)
                          : last_passed<true>(edge, &tick_node::sqrt_price, limit));
    return end;
  }

private:
  using key = doubled<double> tick_node::*;

  [[nodiscard]] constexpr key taken_key() const noexcept {
    return down ? &tick_node::first_above : &tick_node::second_below;
  }
  [[nodiscard]] constexpr key unpaid_key() const noexcept {
    return down ? &tick_node::second_below : &tick_node::first_above;
  }
  [[nodiscard]] constexpr const doubled<double>& taken(std::size_t at) const noexcept { return nodes[at].*taken_key(); }
  [[nodiscard]] constexpr const doubled<double>& unpaid(std::size_t at) const noexcept {
    return nodes[at].*unpaid_key();
  }
  /// to − from, from the two halves of either: right to an ulp, its sign always.
  static constexpr double signed_gap(const doubled<double>& from, const doubled<double>& to) noexcept {
    return (to.high - from.high) + (to.low - from.low);
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
  /// The same, where the first range and all up to a node are left behind.
  constexpr void leave_first(stop& end, std::size_t near) const noexcept {
    const std::size_t edge = far_node(end.from.range);
    end.first = end.full;
    end.near = near;
    end.crossed = 1 + (down ? edge - near : near - edge);
    end.over = nodes_ahead(near) == 0;
    end.before = {end.first.in + (taken(near) - taken(edge)).high, end.first.out + (unpaid(edge) - unpaid(near)).high};
    end.from.root = nodes[near].sqrt_price;
    end.from.range = down ? near - 1 : near;
    end.from.liquidity = end.over ? 0.0 : nodes[end.from.range].liquidity;
    end.far = end.over ? end.from.root : nodes[down ? near - 1 : near + 1].sqrt_price;
    end.full = moved<double>(end.from.liquidity, end.from.root, end.far);
  }
  /// The last node, from `edge` on, whose key is on the near side of the target: below it where keys rise. By bisection
  /// on the leading halves, whose bits order like the numbers, and without branches, which nothing could foretell.
  template <bool Rising>
  [[nodiscard]] constexpr std::size_t last_passed(std::size_t edge, key of,
                                                  const doubled<double>& target) const noexcept {
    const std::int64_t goal = target.high > 0.0 ? std::bit_cast<std::int64_t>(target.high) : 0;
    auto at = static_cast<std::ptrdiff_t>(edge);
    for (auto left = static_cast<std::ptrdiff_t>(nodes_ahead(edge)); left > 0;) {
      const std::ptrdiff_t half = left - left / 2, jump = down ? -half : half;
      const auto here = std::bit_cast<std::int64_t>((nodes[static_cast<std::size_t>(at + jump)].*of).high);
      at += jump & ((Rising ? here - goal : goal - here) >> 63);
      left -= half;
    }
    // Thin ranges after deep ones may be told apart by the second halves only.
    std::size_t found = static_cast<std::size_t>(at);
    const auto passed = [&](std::size_t i) { return Rising ? nodes[i].*of < target : target < nodes[i].*of; };
    if (nodes_ahead(found) == 0 || !passed(node(found, 1))) return found;
    for (std::size_t left = nodes_ahead(found); left > 0;) {
      const std::size_t half = left - left / 2;
      if (passed(node(found, half))) found = node(found, half);
      left -= half;
    }
    return found;
  }
};

}  // namespace trimtab::liquidity
