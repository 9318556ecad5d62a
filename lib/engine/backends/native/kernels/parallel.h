#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace assay {

/**
 * Runs task(0) .. task(count - 1) on all cores. Results must not depend on which thread takes which task: each task
 * writes only its own output, and sums are put together afterwards in the order of the tasks.
 */
template <typename Task>
void ParallelFor(int count, const Task& task) {
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int threads = cores < count ? (cores < 1 ? 1 : cores) : count;
  std::atomic<int> next{0};
  auto work = [&] {
    for (int i = next.fetch_add(1); i < count; i = next.fetch_add(1)) task(i);
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; i++) others.emplace_back(work);
  work();
  for (auto& thread : others) thread.join();
}

}  // namespace assay
