"""The paper that is handed in (呈报稿): chooses, orders, joins and words what the sections state."""
