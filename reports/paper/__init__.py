"""The paper that is handed in (呈报稿): what sections have to say is chosen, ordered, joined and worded here."""
