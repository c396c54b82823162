// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/concentrated.hpp>

#include <vector>

namespace trimtab::test {

__extension__ using quad = __float128;

/// What a trade does to a pool of concentrated liquidity, by walking its ranges one by one in 113 bits.
struct exact_swap {
  quad out = 0, marginal = 0, loss = 0, root = 0, capacity = 0, most_out = 0;
  std::size_t crossed = 0;
  bool over = false;
};

/// The ranges are the table's roots and liquidities; nothing else of the library is used. The fee is as the basis
/// points say.
inline exact_swap swap_exactly(const liquidity::concentrated& pool, quad x) {
  const bool down = pool.direction == liquidity::swap_direction::first_for_second;
  const std::span<const liquidity::tick_node> nodes = pool.ticks.nodes;
  const quad gamma = (quad(1e4) - quad(pool.fee.count)) / 10'000;
  const auto price = [&](quad s) { return gamma * (down ? s * s : 1 / (s * s)); };
  exact_swap done;
  quad left = x * gamma, first_price = 0, root = quad(pool.sqrt_price.high) + quad(pool.sqrt_price.low);
  bool started = false, ended = false;
  const auto range = [&](quad s, quad to, quad l) {
    if (l == 0) return;
    if (!started) first_price = price(s);
    started = true;
    const quad gap = down ? s - to : to - s;
    const quad take = down ? l * gap / (s * to) : l * gap, pay = down ? l * gap : l * gap / (s * to);
    done.capacity += take / gamma;
    done.most_out += pay;
    if (ended) return;
    const quad a = down ? l / s : l * s, r = down ? l * s : l / s;
    const quad e = left < take ? left : take;
    done.out += r * e / (a + e);
    done.marginal = gamma * r * a / ((a + e) * (a + e));
    done.loss += (first_price - price(s)) * e / gamma + r / a * e * e / (a + e);
    left -= e;
    done.root = e == take ? to : down ? s * a / (a + e) : s + e / l;
    if (e == take) ++done.crossed;
    ended = left <= 0;
  };
  // The piece the price is in, then whole ranges. Without liquidity a tick is crossed for nothing.
  done.root = root;
  const auto count = nodes.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = down ? count - 1 - i : i;  // the node ahead
    const quad s = quad(nodes[at].sqrt_price.high) + quad(nodes[at].sqrt_price.low);
    if (down ? s >= root : s <= root) continue;
    const std::size_t inside = down ? at : at - 1;  // the range between the root and the node
    const quad l = (down ? at + 1 < count : at > 0) ? quad(nodes[inside].liquidity) : quad(0);
    if (!ended && l == 0) ++done.crossed, done.root = s;
    range(root, s, l);
    root = s;
  }
  done.over = left > 0;
  if (done.over && started) done.loss += first_price * left / gamma, done.marginal = 0;
  return done;
}

}  // namespace trimtab::test
