package cdnsim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDemo(t *testing.T) {
	tasks := Demo(noon)
	if len(tasks) < 200 || !slices.Equal(tasks, Demo(noon)) {
		t.Fatalf("%d rows, or not the same ones twice", len(tasks))
	}
	statuses, areas, lengths, byTask := map[string]int{}, map[string]int{}, map[int]int{}, map[string]map[string]int{}
	urls := map[string]bool{}
	for _, task := range tasks {
		statuses[task.Status]++
		areas[task.Area]++
		lengths[len(task.TaskID)]++
		if byTask[task.TaskID] == nil {
			byTask[task.TaskID] = map[string]int{}
		}
		byTask[task.TaskID][task.Status]++
		if task.UpdateTime.After(noon) || task.UpdateTime.Before(task.CreateTime) || noon.Sub(task.CreateTime) > 15*24*time.Hour {
			t.Errorf("times of %+v", task)
		}
		if strings.Contains(task.URL, "%") || urls[task.TaskID+task.URL] {
			t.Errorf("URL %s", task.URL)
		}
		urls[task.TaskID+task.URL] = true
	}
	if len(statuses) != 4 || len(areas) != 3 || lengths[10] == 0 || lengths[19] == 0 {
		t.Errorf("%v %v %v", statuses, areas, lengths)
	}
	for id, want := range map[string]string{
		DemoTaskDone: "map[done:5]", DemoTaskProcess: "map[done:2 process:3]",
		DemoTaskFailed: "map[done:4 fail:1]", DemoTaskInvalid: "map[done:4 invalid:1]",
	} {
		if got := fmt.Sprint(byTask[id]); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

func TestGenerate(t *testing.T) {
	tasks := Generate(100_000, noon)
	urls := map[string]bool{}
	for i, task := range tasks {
		urls[task.URL] = true
		if i > 0 && task.CreateTime.After(tasks[i-1].CreateTime) || noon.Sub(task.CreateTime) > 28*24*time.Hour {
			t.Fatalf("row %d: %v", i, task)
		}
	}
	if len(urls) != 100_000 {
		t.Errorf("%d URLs", len(urls))
	}
	if len(Generate(0, noon)) != 0 || len(Generate(1, noon)) != 1 {
		t.Error("small numbers")
	}
}
