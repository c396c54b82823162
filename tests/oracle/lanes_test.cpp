// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/oracle/lanes.hpp>
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <trimtab/interop/xsimd.hpp>
#endif

#include "support/random.hpp"
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace trimtab {
namespace {

using namespace oracle;

constexpr timestamp now = at_unix(1'700'000'000);
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t sources = 4;

/// A quote with memory for what it points to.
struct scene {
  quote q{};
  std::array<observation, sources> others{};

  [[nodiscard]] quote seen() const {
    quote copy = q;
    copy.others = others;
    return copy;
  }
};

/// Prices around 100 and around the edges of the limits below, some of them no prices; ages around the allowances.
class scenes {
public:
  explicit scenes(std::uint64_t seed) : random_(seed) {}

  scene draw() {
    scene s;
    s.q.protocol = observed(3900);
    s.q.reference = observed(30);
    for (observation& o : s.others) o = observed(60);
    s.q.average = observed(60), s.q.contractual = observed(3600);
    const observation paid = observed(60);
    s.q.executable = {{paid.price}, paid.at};
    s.q.next = observed(900);
    if (random_.below(2) == 0) s.q.next.at = now + seconds{7198 + static_cast<long long>(random_.below(5))};
    s.q.sequencer = {random_.below(8) != 0, random_.below(4) == 0 ? never : moment(3600)};
    return s;
  }

private:
  observation observed(long long allowed) {
    if (random_.below(16) == 0) return {};
    return {price(), moment(allowed)};
  }
  double price() {
    constexpr double odd[] = {nan, 0.0, -1.0, infinity, -infinity, 1e-3, 1e9};
    constexpr double edges[] = {100.0, 101.0, 98.0, 102.0, 103.0, 100.0 / 1.02, 100.0 / 1.03, 105.0, 99.0, 90.0, 110.0};
    constexpr double hairs[] = {-1e-12, -1e-15, 0.0, 1e-15, 1e-12};
    if (random_.below(40) == 0) return odd[random_.below(std::size(odd))];
    if (random_.below(3) == 0) return edges[random_.below(std::size(edges))] * (1.0 + hairs[random_.below(5)]);
    return random_.uniform(98.5, 101.5);
  }
  timestamp moment(long long allowed) {
    if (random_.below(30) == 0) return now + seconds{1};
    if (random_.below(3) != 0) return now - seconds{static_cast<long long>(random_.below(20))};
    return now - seconds{allowed - 2 + static_cast<long long>(random_.below(5))};
  }
  test::random_numbers random_;
};

template <class S>
struct lane_of {
  using value = S;
  static constexpr std::size_t size = 1;
  static S load(const S* v) { return *v; }
  static bool get(bool mask, std::size_t) { return mask; }
};
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
template <class T, class A>
struct lane_of<xsimd::batch<T, A>> {
  using value = T;
  static constexpr std::size_t size = xsimd::batch<T, A>::size;
  static xsimd::batch<T, A> load(const T* v) { return xsimd::batch<T, A>::load_unaligned(v); }
  static bool get(const xsimd::batch_bool<T, A>& mask, std::size_t i) { return mask.get(i); }
};
#endif

template <class S>
lane_price<S> gather(const std::array<scene, lane_of<S>::size>& block, observation (*of)(const scene&)) {
  using T = typename lane_of<S>::value;
  T price[lane_of<S>::size] = {}, age[lane_of<S>::size] = {};
  for (std::size_t i = 0; i < block.size(); ++i) {
    const observation o = of(block[i]);
    price[i] = static_cast<T>(o.price), age[i] = static_cast<T>(age_of(o.at, now));
  }
  return {lane_of<S>::load(price), lane_of<S>::load(age)};
}

template <class S>
struct lane_scene {
  std::array<lane_price<S>, sources> others;
  lane_quote<S> q;

  explicit lane_scene(const std::array<scene, lane_of<S>::size>& block) {
    using T = typename lane_of<S>::value;
    q.protocol = gather<S>(block, [](const scene& s) { return s.q.protocol; });
    q.reference = gather<S>(block, [](const scene& s) { return s.q.reference; });
    others = {gather<S>(block, [](const scene& s) { return s.others[0]; }),
              gather<S>(block, [](const scene& s) { return s.others[1]; }),
              gather<S>(block, [](const scene& s) { return s.others[2]; }),
              gather<S>(block, [](const scene& s) { return s.others[3]; })};
    q.average = gather<S>(block, [](const scene& s) { return s.q.average; });
    q.contractual = gather<S>(block, [](const scene& s) { return s.q.contractual; });
    q.executable = gather<S>(block, [](const scene& s) {
      return observation{s.q.executable.price.value, s.q.executable.at};
    });
    q.next = gather<S>(block, [](const scene& s) { return s.q.next; });
    T up_for[lane_of<S>::size] = {};
    for (std::size_t i = 0; i < block.size(); ++i)
      up_for[i] = static_cast<T>(block[i].q.sequencer.up ? age_of(block[i].q.sequencer.since, now) : -1.0);
    q.up_for = lane_of<S>::load(up_for);
  }
  lane_quote<S> seen() {
    q.others = others;
    return q;
  }
};

/// Rounds the prices to those a lane can hold, so that the scalar step judges the same.
template <class T>
void round_to(scene& s) {
  observation* all[] = {&s.q.protocol, &s.q.reference, &s.others[0],     &s.others[1], &s.others[2],
                        &s.others[3],  &s.q.average,   &s.q.contractual, &s.q.next};
  for (observation* o : all) o->price = static_cast<double>(static_cast<T>(o->price));
  s.q.executable.price.value = static_cast<double>(static_cast<T>(s.q.executable.price.value));
}

template <class S>
class OracleLanes : public testing::Test {};
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
using lane_types = testing::Types<double, float, xsimd::batch<double>, xsimd::batch<float>>;
#else
using lane_types = testing::Types<double, float>;
#endif
TYPED_TEST_SUITE(OracleLanes, lane_types);

template <class S, class G>
void compare(const G& guard, const char* which) {
  using lane = lane_of<S>;
  constexpr bool exact = std::is_same_v<typename lane::value, double>;
  scenes random(97);
  int believed = 0, doubted = 0, at_an_edge = 0;
  for (int round = 0; round < 24'000; round += static_cast<int>(lane::size)) {
    std::array<scene, lane::size> block;
    for (scene& s : block) {
      s = random.draw();
      round_to<typename lane::value>(s);
    }
    lane_scene<S> lanes(block);
    const mask_t<S> mask = accepts(guard, lanes.seen());
    for (std::size_t i = 0; i < lane::size; ++i) {
      const bool said = guard.step({}, block[i].seen(), now).verdict == trust::ok;
      if (!exact && lane::get(mask, i) != said) {
        // A limit times a price rounds to fewer digits: then, and only then, a hair of a price must change the verdict.
        bool near_an_edge = false;
        for (int nudge = 0; nudge < 1024 && !near_an_edge; ++nudge) {
          scene moved = block[i];
          double* prices[] = {&moved.q.protocol.price, &moved.q.reference.price,   &moved.q.executable.price.value,
                              &moved.q.average.price,  &moved.q.contractual.price, &moved.q.next.price,
                              &moved.others[0].price,  &moved.others[1].price,     &moved.others[2].price,
                              &moved.others[3].price};
          for (std::size_t k = 0; k < std::size(prices); ++k)
            *prices[k] *= 1.0 + ((nudge >> k & 1) != 0 ? 3e-7 : -3e-7);
          near_an_edge = (guard.step({}, moved.seen(), now).verdict == trust::ok) != said;
        }
        ASSERT_TRUE(near_an_edge) << which;
        ++at_an_edge;
        continue;
      }
      ASSERT_EQ(lane::get(mask, i), said) << which << ' ' << round;
      ++(said ? believed : doubted);
    }
  }
  EXPECT_GT(believed, 500) << which;
  EXPECT_GT(doubted, 500) << which;
  EXPECT_LT(at_an_edge, exact ? 1 : 1000) << which;
}

constexpr third_source minute{.max_age = seconds{60}}, optional{.max_age = seconds{60}, .only_where_given = true};

TYPED_TEST(OracleLanes, TheMaskIsWhereTheStepSaysOk) {
  compare<TypeParam>(max_age{}, "max_age");
  compare<TypeParam>(max_deviation{.limit = {200.0}}, "max_deviation");
  compare<TypeParam>(bounds{.low = 99.0, .high = 102.0}, "bounds");
  compare<TypeParam>(median_of_sources{}, "median_of_sources");
  compare<TypeParam>(median_of_sources{.limit = {300.0}, .quorum = 2, .reference_age = seconds{31}}, "median of two");
  compare<TypeParam>(twap_tolerance{.limit = {200.0}, .average = minute}, "twap_tolerance");
  compare<TypeParam>(twap_tolerance{.limit = {200.0}, .average = optional}, "twap_tolerance, optional");
  compare<TypeParam>(executable_divergence{.limit = {300.0}, .executable = minute}, "executable_divergence");
  compare<TypeParam>(executable_divergence{.limit = {300.0}, .executable = optional}, "executable, optional");
  compare<TypeParam>(contractual_rate{}, "contractual_rate");
  compare<TypeParam>(contractual_rate{.promise = optional}, "contractual_rate, optional");
  compare<TypeParam>(next_price{}, "next_price");
  compare<TypeParam>(next_price{.limit = {200.0}, .only_where_given = true}, "next_price, optional");
  compare<TypeParam>(sequencer_grace{}, "sequencer_grace");
  compare<TypeParam>(all_of{max_age{}, max_deviation{.limit = {300.0}}}, "all_of");
  compare<TypeParam>(all_of{bounds{.low = 98.0, .high = 103.0}, all_of{max_age{}, sequencer_grace{}}}, "nested");
}

TYPED_TEST(OracleLanes, NothingAtAllIsBelievedOnlyByNoGuards) {
  const lane_quote<TypeParam> nothing{};
  for (std::size_t i = 0; i < lane_of<TypeParam>::size; ++i) {
    EXPECT_FALSE(lane_of<TypeParam>::get(accepts(max_age{}, nothing), i));
    EXPECT_FALSE(lane_of<TypeParam>::get(accepts(bounds{}, nothing), i));
    EXPECT_FALSE(lane_of<TypeParam>::get(accepts(median_of_sources{}, nothing), i));
    EXPECT_TRUE(lane_of<TypeParam>::get(accepts(sequencer_grace{}, nothing), i)) << "there is none to ask";
    EXPECT_TRUE(lane_of<TypeParam>::get(accepts(all_of<>{}, nothing), i));
  }
}

}  // namespace
}  // namespace trimtab
