# cmake --build DIR --target bench: measures this build against what its building blocks allow, side
# by side in one run. Writes DIR/bench.json and docs/evidence/bench.md; judges nothing, so no test
# depends on it. BENCH_PEERS=DIR: a folder with other programs to run beside it (tests/bench/run.py).
# --target bench-pages: the pages alone; writes docs/evidence/pages.md.
# --target bench-policy: the decision, beside another engine's (needs npm), and what decision and budgets
# are of a read; writes docs/evidence/policy-speed.md.
function(bench)
  if(CNIS_SANITIZE OR CNIS_ANALYSE OR CNIS_FUZZ)
    return() # another program would be measured
  endif()
  foreach(name load limit)
    set(target bench_${name})
    view_make(${target} base crypto policy register)
    add_executable(${target} EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/bench/${name}.c)
    set_target_properties(${target} PROPERTIES
      C_EXTENSIONS ON RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    target_compile_options(${target} PRIVATE ${TEST_WARNINGS} -D_GNU_SOURCE=)
    target_include_directories(${target} PRIVATE ${VIEWS}/${target})
  endforeach()
  foreach(layer register policy crypto base)
    variant_name(library ${layer} product)
    target_link_libraries(bench_limit PRIVATE ${library})
  endforeach()
  target_link_libraries(bench_limit PRIVATE sodium sqlite3)
  add_custom_target(bench
    COMMAND ${CMAKE_COMMAND} -E env BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}
      python3 ${PROJECT_SOURCE_DIR}/tests/bench/run.py
      --programs ${PROJECT_BINARY_DIR}/tests --json ${PROJECT_BINARY_DIR}/bench.json
      --page ${PROJECT_SOURCE_DIR}/docs/evidence/bench.md
    DEPENDS cnis cnis-custodian bench_load bench_limit
    USES_TERMINAL VERBATIM)
  if(CNIS_CONSOLE)
    add_custom_target(bench-pages
      COMMAND ${CMAKE_COMMAND} -E env BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}
        python3 -B ${PROJECT_SOURCE_DIR}/tests/bench/pages.py
        --programs ${PROJECT_BINARY_DIR}/tests --page ${PROJECT_SOURCE_DIR}/docs/evidence/pages.md
      DEPENDS cnis cnis-custodian bench_load
      USES_TERMINAL VERBATIM)
  endif()
  if(TARGET property_policy_oracle)
    bench_policy()
  endif()
endfunction()

# The service with its calls into policy and budgets timed (tests/bench/spent.c), in a folder of its own.
function(bench_policy)
  set(folder ${PROJECT_BINARY_DIR}/tests/spent)
  view_make(bench_cnis base crypto policy custodian_client register)
  add_executable(bench_cnis EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/bench/spent.c
    $<TARGET_OBJECTS:cnis>)
  set_target_properties(bench_cnis PROPERTIES
    C_EXTENSIONS ON OUTPUT_NAME cnis RUNTIME_OUTPUT_DIRECTORY ${folder})
  target_compile_options(bench_cnis PRIVATE ${TEST_WARNINGS} -D_GNU_SOURCE=)
  target_include_directories(bench_cnis PRIVATE ${VIEWS}/bench_cnis)
  target_link_libraries(bench_cnis PRIVATE $<TARGET_PROPERTY:cnis,LINK_LIBRARIES>)
  foreach(name policy_decide policy_decide_request policy_in_circle policy_reach
      policy_nearest_grant policy_unmet_of spend_child spend_look spend_words charge_seal
      store_charge_insert)
    target_link_options(bench_cnis PRIVATE -Wl,--wrap=${name})
  endforeach()
  add_custom_target(bench-policy
    COMMAND ${CMAKE_COMMAND} -E create_symlink $<TARGET_FILE:cnis-custodian> ${folder}/cnis-custodian
    COMMAND ${CMAKE_COMMAND} -E env BIN_DIR=${folder}
      python3 -B ${PROJECT_SOURCE_DIR}/tests/bench/policy.py
      --programs ${PROJECT_BINARY_DIR}/tests --page ${PROJECT_SOURCE_DIR}/docs/evidence/policy-speed.md
    DEPENDS bench_cnis cnis-custodian bench_load property_policy_oracle
    USES_TERMINAL VERBATIM)
endfunction()
